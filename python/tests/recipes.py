"""The paper's four architectures as PyTorch users write them, with given weights: what the conformance vectors are compared with."""
import torch
from torch import nn
from torch.nn import functional

BOUNDARIES = {"periodic": "circular", "symmetric": "symmetric", "zero_padding": "constant"}


class Conv(nn.Module):
    """A convolution without bias that continues the image as the vectors do."""

    def __init__(self, weights, stride, boundary):
        super().__init__()
        self.weight, self.stride, self.boundary = nn.Parameter(torch.from_numpy(weights).permute(3, 2, 0, 1).contiguous()), stride, boundary

    def forward(self, x):
        k = self.weight.shape[-1]
        before, after = (k - 1) // 2, k // 2
        if self.boundary == "zero_padding":
            x = functional.pad(x, (before, after, before, after))
        else:
            for axis in (2, 3):
                n = x.shape[axis]
                i = torch.arange(-before, n + after) % (n if self.boundary == "periodic" else 2 * n)
                x = x.index_select(axis, torch.minimum(i, 2 * n - 1 - i))
        return functional.conv2d(x, self.weight, stride=self.stride)


class Layer(nn.Sequential):
    """A feedforward layer."""


class Unit(nn.Module):
    """A residual unit, whose sum no module of its own makes."""

    def __init__(self, *layers):
        super().__init__()
        self.branch = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.branch(x)


def model(configuration, kernels):
    """The network of a vector; its places are those of the vector, but for the inputs of units, which are the outputs before."""
    channels, epsilon, boundary = configuration["num_channels"], configuration["epsilon"], configuration["boundary"]
    kernels = iter(kernels)
    first = Conv(next(kernels), configuration["first_stride"], boundary)

    def norm():
        return nn.BatchNorm2d(channels, eps=epsilon)

    def conv():
        return Conv(next(kernels), 1, boundary)

    units = []
    for _ in range(configuration["total_depth"]):
        name = configuration["architecture"]
        if name.endswith("_res"):
            units.append(Unit(*[module for _ in range(configuration["res_depth"]) for module in [*([norm()] if name == "bn_res" else []), nn.ReLU(inplace=name == "bn_res"), conv()]]))
        else:
            units.append(Layer(conv(), *([norm()] if name == "bn_ff" else []), nn.ReLU()))
    return nn.Sequential(first, *units)
