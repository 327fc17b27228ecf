"""Tests of experiments.run_checks; run_flags_test.py has single flags."""

import pytest
from absl import flags

from experiments import run_settings

TEXT = ["--dataset=mr", "--model=sentence_cnn"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dataset=mr", "--model=resnet18"], "sentence_cnn goes with"),
        (["--dataset=digits", "--model=sentence_cnn"], "sentence_cnn goes"),
        (
            [*TEXT, "--method=feature_mixup", "--alpha=1"],
            "does not mix token ids. These do: mixup, manifold_mixup",
        ),
        (["--dataset="], "--dataset must have a name"),
        (
            ["--dataset=reviews", "--model=resnet18", "--glove=x"],
            "--glove does nothing with --dataset=reviews and --model=resnet18",
        ),
        (
            ["--dataset=reviews", "--model=sentence_cnn", "--fold=1"],
            "--fold goes",
        ),
        (
            ["--dataset=reviews", "--model=sentence_cnn", "--image_size=8"],
            "--image_size does",
        ),
        (
            ["--dataset=cifar10", "--model=sentence_cnn"],
            "sentence_cnn is for texts",
        ),
        ([*TEXT, "--noaugment"], "--augment does nothing"),
        ([*TEXT, "--decay_factor=0.1"], "--decay_factor does nothing"),
        (
            [*TEXT, "--synchronized_batch_norm"],
            "--synchronized_batch_norm does nothing",
        ),
        (["--glove=x.txt"], "--glove does nothing"),
        (["--dataset=trec", "--model=sentence_cnn", "--fold=1"], "--fold goes"),
        (["--model=resnet18", "--dropout=0.5"], "--dropout goes with"),
        (
            ["--model=resnet18", "--method=manifold_mixup", "--alpha=2"],
            "goes with --model=preact",
        ),
        (["--skip_corrupt"], "--skip_corrupt does nothing with --dataset=dig"),
        (["--label_base=0"], "--label_base does nothing with --dataset=dig"),
        ([*TEXT, "--image_size=64"], "--image_size does nothing"),
        ([*TEXT, "--schedule=goyal"], "--schedule does nothing"),
        ([*TEXT, "--stop_at_top5=0.9"], "--stop_at_top5 does nothing"),
        (
            ["--schedule=goyal", "--decay_factor=0.1"],
            "--decay_factor does nothing with --schedule=goyal",
        ),
        (["--method=mixup", "--alpha=1", "--kappa=1"], "--kappa does nothing"),
        (["--per_example"], "--per_example goes with"),
        (["--adaptive_alpha"], "--adaptive_alpha goes with"),
        (
            ["--method=mixup", "--alpha=0", "--adaptive_alpha"],
            "must be from 0.01 to 2.0. Received: --alpha=0.0",
        ),
        (
            [
                "--method=mixup",
                "--alpha=1",
                "--adaptive_alpha",
                "--protocol=paper",
            ],
            "needs validation examples",
        ),
    ],
)
def test_flags_that_do_not_fit_together_are_refused(arguments, said):
    with pytest.raises(flags.Error, match=said):
        run_settings.parse(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [*TEXT, "--fold=3", "--dropout=0.5", "--method=mixup", "--alpha=0.4"],
        [
            "--model=preact_resnet18",
            "--method=manifold_mixup",
            "--alpha=2",
            "--per_example",
        ],
        ["--model=vgg16", "--dropout=0.3"],
        [*TEXT, "--method=manifold_mixup", "--alpha=2"],
        ["--dataset=reviews", "--model=sentence_cnn", "--glove=x"],
        ["--dataset=my flowers", "--image_size=64"],
        [
            "--dataset=imagenet2012",
            "--model=resnet50",
            "--skip_corrupt",
            "--label_base=0",
            "--image_size=160",
            "--schedule=goyal",
            "--stop_at_top5=0.93",
        ],
    ],
)
def test_flags_that_fit_together_are_taken(arguments):
    assert run_settings.parse(arguments).seed == 0
