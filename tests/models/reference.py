"""Forward passes of the networks in float64 NumPy, from the publications.

Written over a dict of arrays {layer name: [arrays]}, so that they can be fed
the weights of a model; they share no code with it. Images are
`[b, height, width, channels]`, kernels `[size, size, in / groups, out]`.
"""

import numpy as np


def convolution(x, kernel, bias=0.0, stride=1, groups=1):
    """Zeros on both sides, then a plain sum over taps."""
    size, out = kernel.shape[0], kernel.shape[3]
    pad = size // 2
    x = np.pad(x, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    height = (x.shape[1] - size) // stride + 1
    width = (x.shape[2] - size) // stride + 1
    y = np.zeros([x.shape[0], height, width, out])
    inside, outside = x.shape[3] // groups, out // groups
    for g in range(groups):
        ins = slice(g * inside, (g + 1) * inside)
        outs = slice(g * outside, (g + 1) * outside)
        for i in range(size):
            for j in range(size):
                tap = x[
                    :,
                    i : i + stride * (height - 1) + 1 : stride,
                    j : j + stride * (width - 1) + 1 : stride,
                    ins,
                ]
                y[..., outs] += tap @ kernel[i, j, :, outs]
    return y + bias


def batch_norm(x, scale, offset, mean, variance):
    return (x - mean) / np.sqrt(variance + 1e-5) * scale + offset


def relu(x):
    return np.maximum(x, 0)


def max_pool(x, size, stride, pad, keep_rest=False):
    """Nothing is taken from beyond the border; a rest is dropped or kept."""

    def length(n):
        rest = stride - 1 if keep_rest else 0
        return (n + 2 * pad - size + rest) // stride + 1

    height, width = length(x.shape[1]), length(x.shape[2])
    y = np.empty([x.shape[0], height, width, x.shape[3]])
    for i in range(height):
        for j in range(width):
            top, left = i * stride - pad, j * stride - pad
            window = x[
                :,
                max(top, 0) : top + size,
                max(left, 0) : left + size,
            ]
            y[:, i, j] = window.max(axis=(1, 2))
    return y


def classifier(x, w):
    kernel, bias = w["logits"]
    return x.mean(axis=(1, 2)) @ kernel + bias


def basic_resnet(x, w, depths):
    """He et al., 2015, with the 3x3 stem."""
    x = relu(batch_norm(convolution(x, *w["stem_conv"]), *w["stem_bn"]))
    for name, stride in blocks(depths):
        y = convolution(x, *w[f"{name}_1_conv"], stride=stride)
        y = relu(batch_norm(y, *w[f"{name}_1_bn"]))
        y = convolution(y, *w[f"{name}_2_conv"])
        y = batch_norm(y, *w[f"{name}_2_bn"])
        x = relu(y + projection(x, w, name, stride))
    return classifier(x, w)


def preact_resnet(x, w, depths):
    """Verma et al., 2019 (code): no batch norm after stem and last sum."""
    x = convolution(x, *w["stem_conv"])
    for name, stride in blocks(depths):
        active = relu(batch_norm(x, *w[f"{name}_1_bn"]))
        if f"{name}_0_conv" in w:
            x = convolution(active, *w[f"{name}_0_conv"], stride=stride)
        y = convolution(active, *w[f"{name}_1_conv"], stride=stride)
        y = relu(batch_norm(y, *w[f"{name}_2_bn"]))
        x = x + convolution(y, *w[f"{name}_2_conv"])
    return classifier(x, w)


def bottleneck_resnet(x, w, depths, groups):
    """He et al., 2015 and Xie et al., 2017, stride in the 3x3."""
    x = convolution(x, *w["stem_conv"], stride=2)
    x = max_pool(relu(batch_norm(x, *w["stem_bn"])), 3, 2, 1)
    for name, stride in blocks(depths):
        y = convolution(x, *w[f"{name}_1_conv"])
        y = relu(batch_norm(y, *w[f"{name}_1_bn"]))
        y = convolution(y, *w[f"{name}_2_conv"], stride=stride, groups=groups)
        y = relu(batch_norm(y, *w[f"{name}_2_bn"]))
        y = convolution(y, *w[f"{name}_3_conv"])
        y = batch_norm(y, *w[f"{name}_3_bn"])
        x = relu(y + projection(x, w, name, stride))
    return classifier(x, w)


def vgg(x, w, depths):
    """Simonyan and Zisserman, 2014, with batch norm."""
    for stage, depth in enumerate(depths, start=1):
        for number in range(1, depth + 1):
            name = f"stage{stage}_{number}"
            x = convolution(x, *w[f"{name}_conv"])
            x = relu(batch_norm(x, *w[f"{name}_bn"]))
        x = max_pool(x, 2, 2, 0, keep_rest=True)
    return classifier(x, w)


def projection(x, w, name, stride):
    if f"{name}_0_conv" not in w:
        return x
    x = convolution(x, *w[f"{name}_0_conv"], stride=stride)
    return batch_norm(x, *w[f"{name}_0_bn"])


def blocks(depths):
    """(block name, stride) of every block."""
    for stage, depth in enumerate(depths, start=1):
        for block in range(1, depth + 1):
            stride = 2 if stage > 1 and block == 1 else 1
            yield f"stage{stage}_block{block}", stride
