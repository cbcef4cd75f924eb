"""Signal and noise through random deep networks in PyTorch, with an adapter for `wellbehaved audit`.

    wellbehaved audit --command "python3 wellbehaved_pytorch.py"
    wellbehaved audit --command "python3 wellbehaved_pytorch.py cuda"

The network is written as PyTorch users write one: modules, channels first, single precision. The noise is not a second
formula but the forward-mode derivative of the network along it, with the batch statistics detached.

On a graphics processor cuDNN convolves in TF32 unless it is told not to: the audit rejects that, as it is not single precision.
"""
import json
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

POINTS = (0, 2, 3)
BOUNDARIES = ["periodic", "symmetric", "zero_padding"]
ORDER = {"vanilla": ("conv", "relu"), "bn_ff": ("conv", "norm", "relu"), "vanilla_res": ("relu", "conv"), "bn_res": ("norm", "relu", "conv")}
DEVICE = sys.argv[1] if len(sys.argv) > 1 else "cpu"
torch.backends.cudnn.allow_tf32 = False
torch.set_grad_enabled(False)


class Convolution(nn.Module):
    def __init__(self, kernel, stride, boundary):
        super().__init__()
        self.kernel, self.stride, self.boundary = kernel, stride, boundary

    def forward(self, x):
        k = self.kernel.shape[-1]
        before, after = (k - 1) // 2, k // 2
        if self.boundary == "zero_padding":
            x = functional.pad(x, (before, after, before, after))
        elif k > 1:  # again and again where the image is smaller than the kernel, which functional.pad does not do
            for axis in (2, 3):
                n = x.shape[axis]
                i = torch.arange(-before, n + after, device=x.device) % (n if self.boundary == "periodic" else 2 * n)
                x = x.index_select(axis, torch.minimum(i, 2 * n - 1 - i))
        return functional.conv2d(x, self.kernel, stride=self.stride)

    def derivative(self, x, dx):
        return self(dx)


def at_least_smallest(epsilon):
    """ε for torch's batch norm, which refuses 0 since version 2; beside a variance the smallest number is nothing."""
    return epsilon if torch.__version__.startswith("1.") else max(epsilon, sys.float_info.min)


class BatchNorm(nn.Module):
    def __init__(self, epsilon):
        super().__init__()
        self.epsilon = epsilon

    def forward(self, x):
        return functional.batch_norm(x, None, None, training=True, eps=at_least_smallest(self.epsilon))

    def derivative(self, x, dx):
        return dx / torch.sqrt(x.var(POINTS, unbiased=False, keepdim=True) + self.epsilon)


class Relu(nn.Module):
    def forward(self, x):
        return functional.relu(x)

    def derivative(self, x, dx):
        return dx * (x > 0)


def modules(network, kernels):
    """The first convolution, then the layers of each unit."""
    kernels = iter(kernels)

    def module(kind):
        if kind == "conv":
            return Convolution(next(kernels), 1, network["boundary"])
        return BatchNorm(network["epsilon"]) if kind == "norm" else Relu()

    first = Convolution(next(kernels), network["first_stride"], network["boundary"])
    order = ORDER[network["architecture"]]
    return first, [[[module(kind) for kind in order] for _ in range(network["res_depth"])] for _ in range(network["total_depth"])]


def seed_generator(seed, simulation):
    """PyTorch's generator on the CPU takes 32 bits of a seed and forgets the rest, so all 624 words of its state are set instead."""
    torch.manual_seed(0)
    state, words = torch.get_rng_state(), np.random.SeedSequence([seed, simulation]).generate_state(624)
    state[24:24 + 8 * 624] = torch.from_numpy(words.astype(np.uint64).view(np.uint8))
    torch.set_rng_state(state)


def initial_kernels(network, seed, simulation, inputs):
    """Kaiming's initialisation by PyTorch itself; the first convolution has no ReLU before it, hence gain 1."""
    seed_generator(seed, simulation)
    k, channels = network["kernel_size"], network["num_channels"]
    shapes = [(channels, inputs, k, k)] + network["total_depth"] * network["res_depth"] * [(channels, channels, k, k)]
    for i, shape in enumerate(shapes):
        kernel = torch.empty(shape)
        yield nn.init.kaiming_normal_(kernel, nonlinearity="relu" if i > 0 else "linear")


def walk(network, kernels, x, dx):
    """Yields depth, signal and noise after the first convolution and at each place."""
    first, units = modules(network, kernels)
    x, dx = first(x), first.derivative(x, dx)
    yield 0, x, dx
    residual = network["architecture"].endswith("_res")
    for depth, unit in enumerate(units, start=1):
        yield depth, x, dx
        skip, skip_noise = x, dx
        for i, branch_layer in enumerate(unit):
            for module in branch_layer:
                x, dx = module(x), module.derivative(x, dx)
                if i == 0:
                    yield depth, x, dx
        if residual:
            x, dx = x + skip, dx + skip_noise
            yield depth, x, dx


def effective_rank(x):
    features = x.double().movedim(1, 3).flatten(0, 2)
    singular = torch.linalg.svdvals(features - features.mean(0))
    return float((singular ** 2).sum() / singular[0] ** 2)


def measure(x, dx):
    x, dx = x.double(), dx.double()
    centred = x - x.mean(POINTS, keepdim=True)
    nu2, mu2, noise = (x ** 2).mean(), (centred ** 2).mean(), (dx ** 2).mean()
    moments = {"nu1_abs_signal": x.abs().mean(), "nu2_signal": nu2, "mu2_signal": mu2, "mu4_signal": (centred ** 4).mean(), "mu2_noise": noise,
               "log_nu2_signal": nu2.log(), "log_mu2_signal": mu2.log(), "log_mu2_noise": noise.log(), "chi": (noise / mu2).sqrt(), "log_chi": (noise / mu2).sqrt().log()}
    return {name: float(value) for name, value in moments.items()} | {"reff_signal": effective_rank(x), "reff_noise": effective_rank(dx)}


#: What protocol 1 says of a network. A field that nobody here reads would be ignored without a word.
FIELDS = {"architecture", "res_depth", "total_depth", "num_channels", "kernel_size", "first_stride", "boundary", "epsilon"}


def answer(request, network, input, depths, tensors, moments, output, seed=None, first=None, simulations=1):
    if unknown := set(network) - FIELDS:
        raise ValueError(f"unknown fields of network: {sorted(unknown)}")
    with np.load(input) as arrays:
        arrays = dict(arrays)
    signal, noise = (torch.from_numpy(arrays[name]).float().movedim(-1, 2) for name in ("signal", "noise"))
    rows = []
    for i in range(simulations):
        if request == "propagate":
            kernels = [torch.from_numpy(arrays[f"kernel_{j}"]).float().permute(3, 2, 0, 1) for j in range(len(arrays) - 2)]
        else:
            kernels = initial_kernels(network, seed, first + i, signal.shape[2])
        places = walk(network, [kernel.to(DEVICE) for kernel in kernels], signal[i].to(DEVICE), noise[i].to(DEVICE))
        shown = [(x.cpu(), dx.cpu()) for depth, x, dx in places if depth == 0 or depth in depths]
        row = {}
        if tensors:
            row["signal"], row["noise"] = (torch.stack([pair[j] for pair in shown]).movedim(2, -1).numpy() for j in (0, 1))
        if moments:
            measured = [measure(x, dx) for x, dx in shown]
            row.update({name: np.array([place[name] for place in measured]) for name in measured[0]})
        rows.append(row)
    np.savez(output, **{name: np.stack([row[name] for row in rows]) for name in rows[0]})
    return {}


def describe(request, protocol):
    return {"name": "wellbehaved_pytorch", "version": torch.__version__, "dtype": "float32", "architectures": list(ORDER), "boundaries": BOUNDARIES,
            "epsilons": None, "operations": ["propagate", "simulate"], "moments": list(measure(*torch.rand(2, 2, 1, 1, 1)))}


def main():
    for line in sys.stdin:
        message = json.loads(line)
        identity = message.pop("id")
        if message["request"] == "stop":
            break
        try:
            reply = {"status": "done", **(describe(**message) if message["request"] == "describe" else answer(**message))}
        except Exception as exception:
            reply = {"status": "error", "reason": repr(exception)}
        print(json.dumps({"id": identity, **reply}), flush=True)


if __name__ == "__main__":
    main()
