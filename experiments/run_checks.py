"""Which values of the flags of `experiments.run` go together."""

import math

from absl import flags

from experiments.methods import METHODS

MODELS = (
    "preact_resnet18",
    "preact_resnet34",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnext101_32x4d",
    "sentence_cnn",
    "vgg16",
)
# Within which --adaptive_alpha moves: those of AdaptiveAlpha.
ALPHA_BOUNDS = (0.01, 2.0)
TEXT_DATASETS = ("imdb_reviews", "mr", "trec")
IMAGENET = "imagenet2012"
IMAGE_DATASETS = (
    "digits",
    "fashion_mnist",
    "stl10",
    "cifar10",
    "cifar100",
    IMAGENET,
)
# Of what is of any other name, the model says whether it is images or texts.
TEXT_MODELS = ("sentence_cnn",)
# What belongs to images, to ImageNet or to sentences alone.
_OF_IMAGES = (
    "augment",
    "decay_factor",
    "image_size",
    "schedule",
    "stop_at_top5",
    "synchronized_batch_norm",
)
_OF_IMAGENET = ("skip_corrupt", "label_base", "cache_dir")
_OF_TEXTS = ("glove", "fold", "max_words")


def register(flag_values):
    """Registers the checks of flags that are defined already.

    Args:
        flag_values: `absl.flags.FlagValues`.
    """
    for name in ("alpha", "epsilon", "kappa", "weight_decay", "dropout"):
        flags.register_validator(
            name, _finite, f"--{name} must be finite.", flag_values
        )
    flags.register_validator(
        "dataset", bool, "--dataset must have a name.", flag_values
    )
    for name in ("learning_rate", "decay_factor"):
        flags.register_validator(
            name,
            _positive,
            f"--{name} must be finite and above 0.",
            flag_values,
        )
    flags.register_multi_flags_validator(
        [
            "method",
            "alpha",
            "epsilon",
            "kappa",
            "per_example",
            "adaptive_alpha",
            "protocol",
        ],
        _check_method,
        flag_values=flag_values,
    )
    flags.register_multi_flags_validator(
        ["model", "dropout", "method", "dataset"],
        _check_model,
        flag_values=flag_values,
    )
    flags.register_multi_flags_validator(
        ["dataset", "model", *_OF_IMAGES, *_OF_IMAGENET, *_OF_TEXTS],
        lambda values: _check_kind(
            values["dataset"], values["model"], flag_values
        ),
        flag_values=flag_values,
    )
    flags.register_multi_flags_validator(
        ["schedule", "decay_factor"],
        lambda values: _check_schedule(values["schedule"], flag_values),
        flag_values=flag_values,
    )


def _finite(value):
    return value is None or math.isfinite(value)


def _positive(value):
    return math.isfinite(value) and value > 0


def _check_method(values):
    """Each method has one strength; those of the others are refused."""
    needed = METHODS[values["method"]].strength
    for name in ("alpha", "epsilon", "kappa"):
        if name == needed and values[name] is None:
            raise flags.ValidationError(
                f"--method={values['method']} needs --{name}."
            )
        if name != needed and values[name] is not None:
            raise flags.ValidationError(
                f"--{name} does nothing with --method={values['method']}: "
                "leave it out."
            )
    for name in ("per_example", "adaptive_alpha"):
        if values[name] and needed != "alpha":
            raise flags.ValidationError(
                f"--{name} goes with a --method that mixes."
            )
    if values["adaptive_alpha"]:
        _check_adaptive(values["alpha"], values["protocol"])
    return True


def _check_adaptive(alpha, protocol):
    low, high = ALPHA_BOUNDS
    if not low <= alpha <= high:
        raise flags.ValidationError(
            f"--adaptive_alpha starts from --alpha, which must be from {low} "
            f"to {high}. Received: --alpha={alpha}."
        )
    if protocol == "paper":
        raise flags.ValidationError(
            "--adaptive_alpha needs validation examples, and with "
            "--protocol=paper the test split takes their place."
        )


def _check_model(values):
    """The parts of a run that do not fit together are refused."""
    model, method = values["model"], values["method"]
    is_text = model in TEXT_MODELS
    if values["dropout"] and model not in ("vgg16", "sentence_cnn"):
        raise flags.ValidationError(
            "--dropout goes with --model=vgg16 or sentence_cnn."
        )
    if values["dataset"] in (IMAGE_DATASETS if is_text else TEXT_DATASETS):
        raise flags.ValidationError(
            f"--model={model} is for {'texts' if is_text else 'images'}. "
            "--model=sentence_cnn goes with --dataset="
            f"{', '.join(TEXT_DATASETS)}, or texts of your own; other models "
            "with images."
        )
    if METHODS[method].hidden and not (
        is_text or model.startswith("preact_resnet")
    ):
        raise flags.ValidationError(
            f"--method={method} goes with --model=preact_resnet18 or 34, and "
            "with sentence_cnn."
        )
    mixes = METHODS[method].strength == "alpha"
    if mixes and not (
        METHODS[method].texts if is_text else METHODS[method].images
    ):
        fitting = [
            name
            for name, each in METHODS.items()
            if each.strength == "alpha"
            and (each.texts if is_text else each.images)
        ]
        raise flags.ValidationError(
            f"--method={method} does not mix "
            f"{'token ids' if is_text else 'images'}. These do: "
            f"{', '.join(fitting)}."
        )
    return True


def _check_kind(dataset, model, flag_values):
    """A flag that would do nothing for this data set is refused."""
    is_text = model in TEXT_MODELS
    other = _OF_IMAGES if is_text else _OF_TEXTS
    if dataset != IMAGENET:
        other += _OF_IMAGENET
    for name in other:
        if flag_values[name].present:
            raise flags.ValidationError(
                f"--{name} does nothing with --dataset={dataset} and "
                f"--model={model}: leave it out."
            )
    if dataset != "mr" and flag_values["fold"].value is not None:
        raise flags.ValidationError("--fold goes with --dataset=mr.")
    return True


def _check_schedule(schedule, flag_values):
    if schedule == "goyal" and flag_values["decay_factor"].present:
        raise flags.ValidationError(
            "--decay_factor does nothing with --schedule=goyal, which divides "
            "by 10: leave it out."
        )
    return True
