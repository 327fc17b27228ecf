"""The flags of `experiments.run`, checked before anything heavy starts.

Imports nothing but absl and the standard library: `--helpshort` and a wrong
flag must answer at once, and TensorFlow takes seconds to import.
"""

import math

from absl import flags

METHODS = {
    "baseline": None,
    "mixup": "alpha",
    "feature_mixup": "alpha",
    "label_smoothing": "epsilon",
    "erl": "kappa",
}
MODELS = [
    "preact_resnet18",
    "preact_resnet34",
    "resnet18",
    "resnet34",
    "vgg16",
]
# Flags that say where and how to run, not what the result is.
_WHERE = ("run_dir", "runs_root", "data_dir", "verbosity")

FLAGS = flags.FLAGS

flags.DEFINE_string("dataset", "digits", "Name of the data set.")
flags.DEFINE_string(
    "data_dir",
    None,
    "Where the data are: a folder of class folders, a data set's official "
    "files, or a TFDS data directory.",
)
flags.DEFINE_integer(
    "train_examples", None, "Train on this many examples only.", lower_bound=1
)
flags.DEFINE_integer(
    "validation_examples",
    None,
    "Use this many validation examples only.",
    lower_bound=2,
)
flags.DEFINE_integer(
    "test_examples", None, "Use this many test examples only.", lower_bound=2
)
flags.DEFINE_boolean(
    "augment", True, "Pad-crop and flip, as usual for the data set."
)
flags.DEFINE_enum("model", "resnet18", MODELS, "Architecture.")
flags.DEFINE_integer(
    "width", 64, "Channels of the first stage; others scale.", lower_bound=1
)
flags.DEFINE_float(
    "dropout", 0.0, "Dropout rate before the logits (vgg16 only).", 0.0, 1.0
)
flags.DEFINE_enum("method", "baseline", list(METHODS), "Training method.")
flags.DEFINE_float(
    "alpha", None, "Beta(alpha, alpha) of mixup and feature_mixup.", 0.0
)
flags.DEFINE_boolean(
    "per_example",
    False,
    "A mixing coefficient for each example, not one for each batch.",
)
flags.DEFINE_float(
    "epsilon", None, "Mass that label_smoothing moves.", 0.0, 1.0
)
flags.DEFINE_float("kappa", None, "Weight of the entropy in erl.", 0.0)
flags.DEFINE_integer("epochs", 200, "Training epochs.", lower_bound=1)
flags.DEFINE_integer("batch_size", 128, "Examples a step.", lower_bound=1)
flags.DEFINE_float(
    "learning_rate", 0.1, "Initial learning rate; SGD, Nesterov momentum 0.9."
)
flags.DEFINE_float(
    "decay_factor",
    0.5,
    "What the learning rate is multiplied with at 30, 60 and 80 % of the "
    "epochs. The paper halves; its one reproduction multiplies with 0.2.",
)
flags.DEFINE_float("weight_decay", 5e-4, "L2 on kernels, in the loss.", 0.0)
flags.DEFINE_integer("seed", 0, "Seed of everything random.", lower_bound=0)
flags.DEFINE_integer(
    "num_bins", 15, "Bins of ECE and OE. The paper does not say.", lower_bound=1
)
flags.DEFINE_enum(
    "protocol",
    "honest",
    ["honest", "paper"],
    "honest: best epoch chosen on a validation split held out of training. "
    "paper: trained on all of it, best epoch chosen on the test split.",
)
flags.DEFINE_enum(
    "precision",
    "float32",
    ["float32", "mixed_bfloat16", "mixed_float16"],
    "Keras dtype policy.",
)
flags.DEFINE_enum(
    "jit_compile",
    "auto",
    ["auto", "true", "false"],
    "XLA for the training step. auto is Keras' rule: off on CPUs.",
)
flags.DEFINE_string(
    "run_dir", None, "Directory of the run. Default: made from the flags."
)
flags.DEFINE_string("runs_root", "runs", "Parent of the default run_dir.")


def _finite(value):
    return value is None or math.isfinite(value)


def _positive(value):
    return math.isfinite(value) and value > 0


for _name in ("alpha", "epsilon", "kappa", "weight_decay", "dropout"):
    flags.register_validator(_name, _finite, f"--{_name} must be finite.")
for _name in ("learning_rate", "decay_factor"):
    flags.register_validator(
        _name, _positive, f"--{_name} must be finite and above 0."
    )


@flags.multi_flags_validator(
    ["method", "alpha", "epsilon", "kappa", "per_example"]
)
def _check_method(values):
    """Each method has one strength; those of the others are refused."""
    needed = METHODS[values["method"]]
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
    if values["per_example"] and needed != "alpha":
        raise flags.ValidationError(
            "--per_example goes with --method=mixup or feature_mixup."
        )
    return True


@flags.multi_flags_validator(["model", "dropout"])
def _check_dropout(values):
    if values["dropout"] and values["model"] != "vgg16":
        raise flags.ValidationError("--dropout goes with --model=vgg16.")
    return True


def settings():
    """What determines the result of a run: flag name -> value."""
    own = FLAGS.get_flags_for_module(__name__)
    return {
        flag.name: flag.value
        for flag in sorted(own, key=lambda flag: flag.name)
        if flag.name not in _WHERE
    }


def default_run_dir():
    """`runs_root` and the name of the run."""
    return f"{FLAGS.runs_root}/{run_name(settings())}"


def run_name(settings):
    """dataset_model_width_examples_epochs_method_strength_seed.

    What two runs of one study can differ in is in the name; if two differ in
    something else, the second is refused the directory of the first.
    """
    parts = [
        settings["dataset"].replace("/", "-"),
        settings["model"],
        f"w{settings['width']}",
    ]
    if settings["train_examples"]:
        parts.append(f"n{settings['train_examples']}")
    parts.append(f"e{settings['epochs']}")
    parts.append(settings["method"])
    strength = METHODS[settings["method"]]
    if strength:
        parts.append(f"{settings[strength]:g}")
    if settings["protocol"] == "paper":
        parts.append("paper")
    parts.append(f"seed{settings['seed']}")
    return "_".join(parts)
