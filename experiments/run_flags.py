"""The flags of `experiments.run`, checked before anything heavy starts.

Imports nothing but absl and the standard library: `--helpshort` and a wrong
flag must answer at once, and TensorFlow takes seconds to import.

The flags are defined on any `absl.flags.FlagValues`: the program's own, and
those into which a study reads the flagfiles of its runs.
"""

from absl import flags

from experiments import run_checks
from experiments.methods import METHODS
from experiments.run_checks import IMAGE_DATASETS
from experiments.run_checks import MODELS
from experiments.run_checks import TEXT_DATASETS


def define(flag_values):
    """Defines the flags of a run, with their checks.

    Args:
        flag_values: `absl.flags.FlagValues`.
    """
    flags.DEFINE_string(
        "dataset",
        "digits",
        f"Data set. Images: {', '.join(IMAGE_DATASETS)}, or the name of any "
        "other set of images in a TFDS data directory. Texts, with "
        f"--model=sentence_cnn: {', '.join(TEXT_DATASETS)}. Your own: any "
        "other name, such as image_folder or my_reviews, of what is in "
        "--data_dir: class folders of images or, with --model=sentence_cnn, "
        "texts.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        None,
        "Where the data are: class folders (DIR/train/<class>/, DIR/test/...) "
        "of images or of texts, a file DIR/train/<class>.txt with a text a "
        "line, DIR/train.csv or .tsv with the columns text and label, a data "
        "set's official files, or a TFDS data directory.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "train_examples",
        None,
        "Train on this many examples only.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "validation_examples",
        None,
        "Use this many validation examples only.",
        lower_bound=2,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "test_examples",
        None,
        "Use this many test examples only.",
        lower_bound=2,
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "augment",
        True,
        "Pad-crop and flip, as usual for the data set.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "image_size",
        None,
        "Height and width of the images. None takes them as they are, and "
        "224 for imagenet2012.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "skip_corrupt",
        False,
        "imagenet2012: leave images out that cannot be decoded, up to 1 % of "
        "them, and say so. Without it they end the run.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "label_base",
        1,
        "imagenet2012: label of the first class in TFRecord files.",
        lower_bound=0,
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "cache_dir",
        None,
        "imagenet2012: where it is kept which images can be decoded, and "
        "where records are. None: ~/.cache/tfmixup.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "model",
        "resnet18",
        list(MODELS),
        "Architecture.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "width",
        None,
        "Channels of the first stage, others scale (64 if not given); filters "
        "of each size in sentence_cnn (100).",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "dropout",
        0.0,
        "Dropout rate before the logits (vgg16, sentence_cnn).",
        0.0,
        1.0,
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "method",
        "baseline",
        list(METHODS),
        "Training method.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "alpha",
        None,
        "Beta(alpha, alpha) of methods that mix.",
        0.0,
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "per_example",
        False,
        "A mixing coefficient for each example, not one for each batch.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "epsilon",
        None,
        "Mass that label_smoothing moves.",
        0.0,
        1.0,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "kappa",
        None,
        "Weight of the entropy in erl.",
        0.0,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "epochs",
        200,
        "Training epochs.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "batch_size",
        128,
        "Examples a step.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "learning_rate",
        0.1,
        "Initial learning rate; SGD, Nesterov momentum 0.9. With "
        "--schedule=goyal the rate for 256 examples a step.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "schedule",
        "paper",
        ["paper", "goyal"],
        "paper: lowered at 30, 60 and 80 % of the epochs. goyal: in "
        "proportion to --batch_size, 5 of 90 epochs of warm-up, a tenth at "
        "30, 60 and 80.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "stop_at_top5",
        None,
        "Stop when the label is among the five highest scores in this part "
        "of the validation examples.",
        0.0,
        1.0,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "decay_factor",
        0.5,
        "What the learning rate is multiplied with at 30, 60 and 80 % of the "
        "epochs. The paper halves; its one reproduction multiplies with 0.2.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "weight_decay",
        0.0005,
        "L2 on kernels, in the loss.",
        0.0,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "seed",
        0,
        "Seed of everything random.",
        lower_bound=0,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_bins",
        15,
        "Bins of ECE and OE. The paper does not say.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "protocol",
        "honest",
        ["honest", "paper"],
        "honest: best epoch chosen on a validation split held out of "
        "training. paper: trained on all of it, best epoch chosen on the "
        "test split.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "float64", "mixed_bfloat16", "mixed_float16"],
        "Keras dtype policy. float64 is for comparing runs.",
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "jit_compile",
        "auto",
        ["auto", "true", "false"],
        "XLA for the training step. auto is Keras' rule: off on CPUs.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "glove",
        None,
        "Texts: file of word vectors to start from (GloVe, word2vec, "
        "fastText). None draws them all.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "fold",
        None,
        "Texts: which of the ten parts of mr is the test split. None takes "
        "a fixed split.",
        0,
        9,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "max_words",
        None,
        "Texts: longer ones are cut. None takes the default of the data set.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "strategy",
        "none",
        ["none", "mirrored", "multi_worker"],
        "none: one device. mirrored: all GPUs of this machine. multi_worker: "
        "all processes that TF_CONFIG or SLURM names; each runs this command.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "synchronized_batch_norm",
        False,
        "Batch norm with the moments of the whole batch, not of a replica's "
        "part of it.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "mixing_groups",
        None,
        "Partners are drawn within each of so many parts of a batch. None: "
        "the number of replicas, the only number that several of them can "
        "have.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "backup_every",
        None,
        "Steps from one backup to the next. None: after each epoch only.",
        lower_bound=1,
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "start_deadline",
        300.0,
        "Seconds that a worker waits for the others at the start.",
        1.0,
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "run_dir",
        None,
        "Directory of the run. Default: made from the flags.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "runs_root",
        "runs",
        "Parent of the default run_dir.",
        flag_values=flag_values,
    )
    run_checks.register(flag_values)
