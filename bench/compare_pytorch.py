"""The peer of `bench/compare`: the same propagation, moments and effective ranks as PyTorch users write them.

Reads the name of a piece of work from standard input, does it once, and answers with the seconds that it took.
"""
import sys
import time

import torch
from torch.nn import functional

torch.set_num_threads(2)
torch.set_grad_enabled(False)
POINTS = (0, 2, 3)


def convolve(x, weights):
    k = weights.shape[-1]
    return functional.conv2d(functional.pad(x, (k // 2,) * 4, mode="circular"), weights)


def effective_rank(x):
    features = x.double().movedim(1, 3).flatten(0, 2) if x.dim() == 4 else x.double()
    features -= features.mean(0)
    gram = features.T @ features if features.shape[0] > features.shape[1] else features @ features.T
    return gram.trace() / torch.linalg.eigvalsh(gram)[-1]


def moments(x, dx):
    axes = POINTS if x.dim() == 4 else (0,)
    x = x.double()
    centred = x - x.mean(axes, keepdim=True)
    squares = centred.square()
    return [float(m) for m in (x.abs().mean(), x.square().mean(), squares.mean(), squares.square().mean(), dx.double().square().mean())]


def batch_norm(both, images):
    """Normalises the signal, divides the noise; signal and noise are the halves of one batch."""
    x = both[:images]
    axes = POINTS if x.dim() == 4 else (0,)
    variance, mean = torch.var_mean(x, axes, unbiased=False, keepdim=True)
    factor = torch.rsqrt(variance + 1e-3)
    x.sub_(mean)
    both.mul_(factor)


def rectify(both, images):
    both[images:].mul_(both[:images] > 0)
    both[:images].clamp_(min=0)


def propagate(architecture, images, channels, size, depth, interval, ranks):
    """Layers of random weights, signal and noise in one batch; moments at every place of each `interval`-th layer."""
    spatial = (16, 16) if size > 1 else ()
    both = torch.randn(2 * images, channels, *spatial)
    shape = (channels, channels, size, size) if size > 1 else (channels, channels)
    deviation = (2 / (channels * size * size)) ** 0.5

    def measure(rank=False):
        if interval and layer % interval == 0:
            x, dx = both[:images], both[images:]
            moments(x, dx)
            if rank and ranks:
                effective_rank(x), effective_rank(dx)

    for layer in range(1, depth + 1):
        measure()
        weights = torch.empty(shape).normal_(0, deviation)
        both = convolve(both, weights) if size > 1 else both @ weights
        measure()
        if architecture == "bn_ff":
            batch_norm(both, images)
            measure()
        rectify(both, images)
        measure(rank=True)


def residual_mlp(images=64, channels=512, depth=100):
    """Residual units of layer norm, a dense layer and GELU; the derivatives are written out."""
    x, dx = torch.randn(images, channels), torch.randn(images, channels)
    for _ in range(depth):
        weights = torch.empty(channels, channels).normal_(0, (2 / channels) ** 0.5)
        variance, mean = torch.var_mean(x, 1, unbiased=False, keepdim=True)
        factor = torch.rsqrt(variance + 1e-5)
        z, dz = (x - mean) * factor, dx - dx.mean(1, keepdim=True)
        dz = (dz - z * (z * dz).mean(1, keepdim=True)) * factor
        y, dy = (torch.cat((z, dz)) @ weights).split(images)
        below = torch.special.ndtr(y)
        x, dx = x + y * below, dx + dy * (below + y * torch.exp(-0.5 * y * y) * 0.3989422804)


def training(architecture, images=100, channels=128, depth=40, classes=10):
    """A step of training as PyTorch users write it: modules, autograd and Adam."""
    modules = []
    for _ in range(depth + 1):
        modules.append(torch.nn.Linear(channels, channels, bias=False))
        torch.nn.init.normal_(modules[-1].weight, 0, (2 / channels) ** 0.5)
        if architecture == "bn_ff" and len(modules) > 1:
            modules.append(torch.nn.BatchNorm1d(channels, eps=1e-3, affine=False))
        if len(modules) > 1:
            modules.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*modules, torch.nn.Linear(channels, classes))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-4)
    images, labels = torch.randn(images, channels), torch.arange(images) % classes

    def step():
        with torch.enable_grad():
            optimiser.zero_grad()
            functional.cross_entropy(net(images), labels).backward()
            optimiser.step()

    return step


LAYER = torch.randn(128, 512, 16, 16), torch.randn(512, 512, 3, 3)
WORKS = {
    "conv_layer": lambda: convolve(*LAYER),
    "conv_layer_zero": lambda: functional.conv2d(*LAYER, padding=1),
    "fig4": lambda: propagate("bn_ff", 64, 512, 3, 4, 2, True),
    "bn_ff_fc": lambda: propagate("bn_ff", 64, 512, 1, 100, 0, False),
    "bn_ff_fc_measured": lambda: propagate("bn_ff", 64, 512, 1, 100, 2, True),
    "vanilla_fc": lambda: propagate("vanilla", 1024, 128, 1, 100, 0, False),
    "vanilla_fc_measured": lambda: propagate("vanilla", 1024, 128, 1, 100, 2, False),
    "residual_mlp": residual_mlp,
    "train_vanilla": training("vanilla"),
    "train_bn_ff": training("bn_ff"),
}

print(torch.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    WORKS[line.strip()]()
    print(time.perf_counter() - start, flush=True)
