"""Classifiers of images and of sentences that output logits.

Every builder for images takes `(num_classes, input_shape)` and keywords, and
returns a `keras.Model` from pixels to logits. `BUILDERS` maps their names to
them, for a command line. `sentence_cnn` goes from word ids to logits.

Weight decay is a penalty in the loss, `weight_decay / 2 * sum(w**2)` over the
kernels of convolutions and dense layers (not over biases, nor over the scale
and offset of batch norm). Its gradient, `weight_decay * w`, goes through the
momentum of the optimizer: that is what weight decay means in the PyTorch code
that the paper's 5e-4 is meant for. `keras.optimizers.SGD(weight_decay=...)`
decays beside the momentum instead, and at momentum 0.9 the same number then
has a tenth of the effect (measured in `tests/models/blocks_test.py`). So leave
the optimizer's `weight_decay` unset, and remember that the `loss` in the logs
contains the penalty: cross entropy alone is a metric.
"""

from tfmixup.models.bottleneck_resnet import resnet50
from tfmixup.models.bottleneck_resnet import resnext101_32x4d
from tfmixup.models.preact_resnet import preact_resnet18
from tfmixup.models.preact_resnet import preact_resnet34
from tfmixup.models.resnet import resnet18
from tfmixup.models.resnet import resnet34
from tfmixup.models.sentence_cnn import sentence_cnn
from tfmixup.models.vgg import vgg16

__all__ = [
    "preact_resnet18",
    "preact_resnet34",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnext101_32x4d",
    "sentence_cnn",
    "vgg16",
]

BUILDERS = {
    "preact_resnet18": preact_resnet18,
    "preact_resnet34": preact_resnet34,
    "resnet18": resnet18,
    "resnet34": resnet34,
    "resnet50": resnet50,
    "resnext101_32x4d": resnext101_32x4d,
    "vgg16": vgg16,
}


def __dir__():
    return __all__
