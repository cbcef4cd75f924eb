"""An audited implementation in 40 lines: PyTorch computes, the package `wellbehaved` speaks the protocol.

    pip install ./python                                           # in a checkout; or PYTHONPATH=python instead
    wellbehaved audit --command "python3 examples/python/adapter.py"
"""
import numpy as np
import torch
import torch.autograd.forward_ad as ad
from torch import nn
from torch.nn import functional as F

import wellbehaved

ORDER = {"vanilla": "cr", "bn_ff": "cnr", "vanilla_res": "rc", "bn_res": "nrc"}


def convolve(x, kernel, stride, network):
    k = kernel.shape[0]
    x = F.pad(x, 2 * ((k - 1) // 2, k // 2), mode="constant" if k == 1 or network["boundary"] == "zero_padding" else "circular")
    return F.conv2d(x, torch.from_numpy(kernel).permute(3, 2, 0, 1), stride=stride)


def normalise(x, epsilon):
    signal = ad.unpack_dual(x).primal  # the statistics of the batch are held
    return (x - signal.mean((0, 2, 3), keepdim=True)) / (signal.var((0, 2, 3), unbiased=False, keepdim=True) + epsilon).sqrt()


def propagate(network, kernels, signal, noise):
    def show(depth):
        return depth, *(t.permute(0, 2, 3, 1).numpy() for t in ad.unpack_dual(x))

    kernels, residual = iter(kernels), network["architecture"].endswith("_res")
    with ad.dual_level():
        x = convolve(ad.make_dual(*(torch.from_numpy(t).permute(0, 3, 1, 2) for t in (signal, noise))), next(kernels), network["first_stride"], network)
        yield show(0)
        for depth in range(1, network["total_depth"] + 1):
            yield show(depth)
            skip = x
            for layer in range(network["res_depth"] if residual else 1):
                for step in ORDER[network["architecture"]]:
                    x = convolve(x, next(kernels), 1, network) if step == "c" else normalise(x, network["epsilon"]) if step == "n" else F.relu(x)
                    if layer == 0:
                        yield show(depth)
            if residual:
                x = x + skip
                yield show(depth)


def initialise(network, seed, simulation, inputs):
    """He's weights; the generator of NumPy takes the whole seed."""
    random, k, n = np.random.default_rng([seed, simulation]), network["kernel_size"], network["num_channels"]
    yield random.normal(0, (k * k * inputs) ** -0.5, (k, k, inputs, n))
    for _ in range(network["total_depth"] * network["res_depth"]):
        yield random.normal(0, (2 / (k * k * n)) ** 0.5, (k, k, n, n))


wellbehaved.subject.serve(propagate, name="adapter", initialise=initialise, measure=wellbehaved.moments.measure, boundaries=["periodic", "zero_padding"])
