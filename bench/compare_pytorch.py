"""The peer of `bench/compare`: the same propagation, moments, training steps and diagnoses as PyTorch users write them.

Reads a request from standard input, a JSON object on a line, does that work once, and answers with the seconds that it took. A request names a
piece of work of `WORKS`, or describes a network in the form of docs/audit-protocol.md: its modules are then those of
examples/pytorch/wellbehaved_pytorch_layers.py, and its noise is PyTorch's own forward-mode derivative.
"""
import json
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.autograd import forward_ad

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples" / "pytorch"))
from wellbehaved_pytorch_layers import Builder, Drawn

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


def training(architecture, images=100, channels=128, depth=40, classes=10):
    """A step of training as PyTorch users write it: modules, autograd and Adam."""
    modules = []
    for _ in range(depth + 1):
        modules.append(nn.Linear(channels, channels, bias=False))
        nn.init.normal_(modules[-1].weight, 0, (2 / channels) ** 0.5)
        if architecture == "bn_ff" and len(modules) > 1:
            modules.append(nn.BatchNorm1d(channels, eps=1e-3, affine=False))
        if len(modules) > 1:
            modules.append(nn.ReLU())
    net = nn.Sequential(*modules, nn.Linear(channels, classes))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-4)
    images, labels = torch.randn(images, channels), torch.arange(images) % classes

    def step():
        with torch.enable_grad():
            optimiser.zero_grad()
            functional.cross_entropy(net(images), labels).backward()
            optimiser.step()

    return step


def one_layer(images, channels, extent, boundary):
    both, weights = torch.randn(2 * images, channels, extent, extent), torch.randn(channels, channels, 3, 3)
    return (lambda: convolve(both, weights)) if boundary == "periodic" else (lambda: functional.conv2d(both, weights, padding=1))


WORKS = {
    "convolution": one_layer,
    "propagate": lambda **sizes: lambda: propagate(**sizes),
    "train": training,
}


class RmsNorm(nn.Module):
    """Version 1.13 has none."""

    def __init__(self, axes, epsilon, scale):
        super().__init__()
        self.axes, self.epsilon, self.scale = axes, epsilon, scale

    def forward(self, x):
        return self.scale * x * torch.rsqrt(x.square().mean(self.axes, keepdim=True) + self.epsilon)


class Modules(Builder):
    def rms_norm(self, over, epsilon, scale):
        return RmsNorm((1,) if over == "channels" else (1, 2, 3), epsilon, scale)


class Net:
    """A network of modules, which takes weights anew where that is asked for."""

    def __init__(self, network, images, noise):
        height, width, channels = network["input"]
        builder = Modules(Drawn(), images, (channels, height, width), noise == "mapping")
        self.modules = builder.sequence(network["layers"])
        self.shown = builder.shown
        self.x, self.dx = torch.randn(2, images, channels, height, width)
        linear = [module for module in self.modules.modules() if isinstance(module, (nn.Conv2d, nn.Linear, nn.MultiheadAttention))]
        self.weights = [(weight, float(weight.std())) for module in linear for weight in module.parameters(recurse=False) if weight.numel() > 1]

    def draw(self):
        for weight, deviation in self.weights:
            weight.normal_(0, deviation)

    def forward(self):
        with forward_ad.dual_level():
            y = forward_ad.unpack_dual(self.modules(forward_ad.make_dual(self.x, self.dx)))
            return y.primal, y.tangent


def described(network, images, noise, draws):
    """Signal and noise through a network; weights are drawn each time, or stay."""
    net = Net(network, images, noise)
    return lambda: ((net.draw() if draws else None), net.forward())


def stochastic(network, images, noise):
    """The same where masks are drawn each time, which modules hold."""
    return lambda: Net(network, images, noise).forward()


def step(network, images, noise):
    """The signal forward, a gradient at the output back, gradients of all parameters."""
    net = Net(network, images, noise)
    gradient = torch.randn_like(net.modules(net.x))

    def work():
        with torch.enable_grad():
            net.modules.zero_grad(set_to_none=True)
            net.modules(net.x).backward(gradient)

    return work


def diagnosis(network, images, noise):
    """Weights drawn anew, signal and noise, moments and both effective ranks after every module."""
    net = Net(network, images, noise)

    def look(module, inputs, output):
        y = forward_ad.unpack_dual(output)
        moments(y.primal, y.tangent)
        effective_rank(y.primal), effective_rank(y.tangent)

    for module in net.shown:
        module.register_forward_hook(look)
    return lambda: (net.draw(), net.forward())


KINDS = {"described": described, "stochastic": stochastic, "step": step, "diagnosis": diagnosis}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print(torch.__version__, flush=True)
    last = work = None
    for line in sys.stdin:
        if line != last:
            work = None  # its memory first
            request = json.loads(line)
            kind = request.pop("work")
            last, work = line, (WORKS.get(kind) or KINDS[kind])(**request)
        start = time.perf_counter()
        work()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
