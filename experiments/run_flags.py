"""The flags of `experiments.run`: a table, checked before a run starts.

Imports nothing but absl and the standard library: `--helpshort` and a wrong
flag must answer at once, and TensorFlow takes seconds to import.
"""

import dataclasses
import typing

from absl import flags

from experiments import run_checks
from experiments.methods import METHODS
from experiments.run_checks import IMAGE_DATASETS
from experiments.run_checks import MODELS
from experiments.run_checks import TEXT_DATASETS

__all__ = ["RunPlace", "RunSettings", "define"]


def flag(default, help, **allowed):
    """A row of the tables below.

    Args:
        default: value without the flag.
        help: str.
        **allowed: `lower_bound` and `upper_bound` of a number, `enum_values`
            of a word; without them any.

    Returns:
        Field of a dataclass.
    """
    return dataclasses.field(
        default=default, metadata={"help": help, **allowed}
    )


@dataclasses.dataclass(frozen=True)
class RunSettings:
    """What determines the result of a run."""

    dataset: str = flag(
        "digits",
        f"Data set. Images: {', '.join(IMAGE_DATASETS)}, or the name of any "
        "other set of images in a TFDS data directory. Texts, with "
        f"--model=sentence_cnn: {', '.join(TEXT_DATASETS)}. Your own: any "
        "other name, such as image_folder or my_reviews, of what is in "
        "--data_dir: class folders of images or, with --model=sentence_cnn, "
        "texts.",
    )
    train_examples: int | None = flag(
        None, "Train on this many examples only.", lower_bound=1
    )
    validation_examples: int | None = flag(
        None, "Use this many validation examples only.", lower_bound=2
    )
    test_examples: int | None = flag(
        None, "Use this many test examples only.", lower_bound=2
    )
    augment: bool = flag(True, "Pad-crop and flip, as usual for the data set.")
    image_size: int | None = flag(
        None,
        "Height and width of the images. None takes them as they are, and 224 "
        "for imagenet2012.",
        lower_bound=1,
    )
    skip_corrupt: bool = flag(
        False,
        "imagenet2012: leave images out that cannot be decoded, up to 1 % of "
        "them, and say so. Without it they end the run.",
    )
    label_base: int = flag(
        1,
        "imagenet2012: label of the first class in TFRecord files.",
        lower_bound=0,
    )
    model: str = flag("resnet18", "Architecture.", enum_values=MODELS)
    width: int | None = flag(
        None,
        "Channels of the first stage, others scale (64 if not given); filters "
        "of each size in sentence_cnn (100).",
        lower_bound=1,
    )
    dropout: float = flag(
        0.0,
        "Dropout rate before the logits (vgg16, sentence_cnn).",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    method: str = flag("baseline", "Training method.", enum_values=METHODS)
    alpha: float | None = flag(
        None, "Beta(alpha, alpha) of methods that mix.", lower_bound=0.0
    )
    adaptive_alpha: bool = flag(
        False,
        "Adapt alpha, from --alpha on, after each epoch, so that confidence "
        "and accuracy agree on half of the validation examples. The other half "
        "chooses the best epoch.",
    )
    per_example: bool = flag(
        False, "A mixing coefficient for each example, not one for each batch."
    )
    epsilon: float | None = flag(
        None,
        "Mass that label_smoothing moves.",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    kappa: float | None = flag(
        None, "Weight of the entropy in erl.", lower_bound=0.0
    )
    epochs: int = flag(200, "Training epochs.", lower_bound=1)
    batch_size: int = flag(128, "Examples a step.", lower_bound=1)
    learning_rate: float = flag(
        0.1,
        "Initial learning rate; SGD, Nesterov momentum 0.9. With "
        "--schedule=goyal the rate for 256 examples a step.",
    )
    schedule: str = flag(
        "paper",
        "paper: lowered at 30, 60 and 80 % of the epochs. goyal: in proportion "
        "to --batch_size, 5 of 90 epochs of warm-up, a tenth at 30, 60 and 80.",
        enum_values=("paper", "goyal"),
    )
    stop_at_top5: float | None = flag(
        None,
        "Stop when the label is among the five highest scores in this part of "
        "the validation examples.",
        lower_bound=0.0,
        upper_bound=1.0,
    )
    decay_factor: float = flag(
        0.5,
        "What the learning rate is multiplied with at 30, 60 and 80 % of the "
        "epochs. The paper halves; its one reproduction multiplies with 0.2.",
    )
    weight_decay: float = flag(
        0.0005, "L2 on kernels, in the loss.", lower_bound=0.0
    )
    seed: int = flag(0, "Seed of everything random.", lower_bound=0)
    num_bins: int = flag(
        15, "Bins of ECE and OE. The paper does not say.", lower_bound=1
    )
    protocol: str = flag(
        "honest",
        "honest: best epoch chosen on a validation split held out of training. "
        "paper: trained on all of it, best epoch chosen on the test split.",
        enum_values=("honest", "paper"),
    )
    precision: str = flag(
        "float32",
        "Keras dtype policy. float64 is for comparing runs.",
        enum_values=("float32", "float64", "mixed_bfloat16", "mixed_float16"),
    )
    jit_compile: str = flag(
        "auto",
        "XLA for the training step. auto is Keras' rule: off on CPUs.",
        enum_values=("auto", "true", "false"),
    )
    glove: str | None = flag(
        None,
        "Texts: file of word vectors to start from (GloVe, word2vec, "
        "fastText). None draws them all.",
    )
    fold: int | None = flag(
        None,
        "Texts: which of the ten parts of mr is the test split. None takes a "
        "fixed split.",
        lower_bound=0,
        upper_bound=9,
    )
    max_words: int | None = flag(
        None,
        "Texts: longer ones are cut. None takes the default of the data set.",
        lower_bound=1,
    )
    strategy: str = flag(
        "none",
        "none: one device. mirrored: all GPUs of this machine. multi_worker: "
        "all processes that TF_CONFIG or SLURM names; each runs this command.",
        enum_values=("none", "mirrored", "multi_worker"),
    )
    synchronized_batch_norm: bool = flag(
        False,
        "Batch norm with the moments of the whole batch, not of a replica's "
        "part of it.",
    )
    mixing_groups: int | None = flag(
        None,
        "Partners are drawn within each of so many parts of a batch. None: the "
        "number of replicas, the only number that several of them can have.",
        lower_bound=1,
    )

    @classmethod
    def read(cls, written):
        """The settings that a file of a run holds, maybe an old one.

        Args:
            written: dict as of `written`. Of flags that there were not yet
                the defaults are taken; flags that are no more are left out.

        Returns:
            `RunSettings`.
        """
        names = [row.name for row in dataclasses.fields(cls)]
        return cls(**{name: written[name] for name in names if name in written})

    def written(self):
        """What a run writes of them: flag name -> value, in that order."""
        return dict(sorted(dataclasses.asdict(self).items()))


@dataclasses.dataclass(frozen=True)
class RunPlace:
    """Where and how a run is made, which changes nothing about its result."""

    data_dir: str | None = flag(
        None,
        "Where the data are: class folders (DIR/train/<class>/, DIR/test/...) "
        "of images or of texts, a file DIR/train/<class>.txt with a text a "
        "line, DIR/train.csv or .tsv with the columns text and label, a data "
        "set's official files, or a TFDS data directory.",
    )
    cache_dir: str | None = flag(
        None,
        "imagenet2012: where it is kept which images can be decoded, and where "
        "records are. None: ~/.cache/tfmixup.",
    )
    backup_every: int | None = flag(
        None,
        "Steps from one backup to the next. None: after each epoch only.",
        lower_bound=1,
    )
    start_deadline: float = flag(
        300.0,
        "Seconds that a worker waits for the others at the start.",
        lower_bound=1.0,
    )
    run_dir: str | None = flag(
        None, "Directory of the run. Default: made from the flags."
    )
    runs_root: str = flag("runs", "Parent of the default run_dir.")


def define(flag_values):
    """Defines the flags of both tables, with their checks.

    Args:
        flag_values: `absl.flags.FlagValues`: the program's own, or those into
            which a study reads the flagfiles of its runs.
    """
    for table in (RunSettings, RunPlace):
        types = typing.get_type_hints(table)
        for row in dataclasses.fields(table):
            (type_, *_) = typing.get_args(types[row.name]) or [types[row.name]]
            _DEFINE[type_](
                name=row.name,
                default=row.default,
                flag_values=flag_values,
                **row.metadata,
            )
    run_checks.register(flag_values)


def _define_words(enum_values=None, **row):
    if enum_values is None:
        flags.DEFINE_string(**row)
    else:
        flags.DEFINE_enum(enum_values=list(enum_values), **row)


_DEFINE = {
    bool: flags.DEFINE_boolean,
    float: flags.DEFINE_float,
    int: flags.DEFINE_integer,
    str: _define_words,
}
