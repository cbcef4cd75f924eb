"""Signal and noise through random deep networks in NumPy, with an adapter for `wellbehaved audit`.

    wellbehaved audit --command "python3 wellbehaved_numpy.py"

What stands above `answer` is the implementation; the rest speaks the protocol of docs/audit-protocol.md.
Tensors have the axes (simulations, images, height, width, channels), weights (simulations, k, k, inputs, outputs).
"""
import json
import sys

import numpy as np

POINTS = (1, 2, 3)
LAYERS = {"vanilla": ["conv", "relu"], "bn_ff": ["conv", "norm", "relu"], "vanilla_res": ["relu", "conv"], "bn_res": ["norm", "relu", "conv"]}
PADDING = {"periodic": "wrap", "symmetric": "symmetric", "zero_padding": "constant"}
FIELDS = {"architecture", "res_depth", "total_depth", "num_channels", "kernel_size", "first_stride", "boundary", "epsilon"}  # others are refused


def initialise(net, seed, simulation, inputs):
    """He weights for every convolution; the first has no ReLU before it, so half of their variance."""
    random, k, channels = np.random.default_rng([seed, simulation]), net["kernel_size"], net["num_channels"]
    yield random.normal(0, (k * k * inputs) ** -0.5, (k, k, inputs, channels))
    for _ in range(net["total_depth"] * net["res_depth"]):
        yield random.normal(0, (2 / (k * k * channels)) ** 0.5, (k, k, channels, channels))


def convolve(x, kernel, net, stride=1):
    k, outputs = kernel.shape[1], kernel.shape[-1]
    simulations, images, height, width, channels = x.shape
    extra = ((k - 1) // 2, k // 2)
    if k > 1:
        x = np.pad(x, ((0, 0), (0, 0), extra, extra, (0, 0)), mode=PADDING[net["boundary"]])
    y = 0
    for a in range(k):
        for b in range(k):
            patch = x[:, :, a:a + height:stride, b:b + width:stride]
            y = y + patch.reshape(simulations, -1, channels) @ kernel[:, a, b]
    return y.reshape(simulations, images, -(-height // stride), -(-width // stride), outputs)


def batch_norm(x, dx, net):
    """Over all images and positions; the noise is divided, not centred."""
    deviation = np.sqrt(x.var(axis=POINTS, keepdims=True) + net["epsilon"])
    return (x - x.mean(axis=POINTS, keepdims=True)) / deviation, dx / deviation


def relu(x, dx):
    return np.maximum(x, 0), np.where(x > 0, dx, 0)


def propagate(net, kernels, x, dx):
    """Yields depth, signal and noise after the first convolution, then at each place of each layer or residual unit."""
    kernels = iter(kernels)
    kernel = next(kernels)
    x, dx = (convolve(t, kernel, net, net["first_stride"]) for t in (x, dx))
    yield 0, x, dx
    for depth in range(1, net["total_depth"] + 1):
        yield depth, x, dx
        skip = x, dx
        for layer in range(net["res_depth"]):
            for step in LAYERS[net["architecture"]]:
                if step == "conv":
                    kernel = next(kernels)
                    x, dx = convolve(x, kernel, net), convolve(dx, kernel, net)
                else:
                    x, dx = batch_norm(x, dx, net) if step == "norm" else relu(x, dx)
                if layer == 0:  # later layers of a branch are not shown
                    yield depth, x, dx
        if net["architecture"].endswith("_res"):
            x, dx = skip[0] + x, skip[1] + dx
            yield depth, x, dx


def effective_rank(x):
    """Trace over largest eigenvalue of the covariance of the channels, from the smaller of both Gram matrices."""
    x = (x - x.mean(axis=POINTS, keepdims=True)).reshape(x.shape[0], -1, x.shape[-1])
    transposed = x.swapaxes(1, 2)
    spectrum = np.linalg.eigvalsh(transposed @ x if x.shape[1] > x.shape[2] else x @ transposed)
    return spectrum.sum(-1) / spectrum[..., -1]


def measure(x, dx):
    every = (*POINTS, 4)
    mean = x.mean(axis=POINTS, keepdims=True)
    squares = (x - mean) ** 2
    nu2, mu2, noise = (x ** 2).mean(axis=every), squares.mean(axis=every), (dx ** 2).mean(axis=every)
    chi = np.sqrt(noise / mu2)
    return {"nu1_abs_signal": np.abs(x).mean(axis=every), "nu2_signal": nu2, "mu2_signal": mu2,
            "mu4_signal": (squares ** 2).mean(axis=every), "mu2_noise": noise, "chi": chi,
            "log_nu2_signal": np.log(nu2), "log_mu2_signal": np.log(mu2), "log_mu2_noise": np.log(noise), "log_chi": np.log(chi),
            "reff_signal": effective_rank(x), "reff_noise": effective_rank(dx)}


def answer(request, network, input, depths, tensors, moments, output, seed=None, first=None, simulations=None):
    if unknown := set(network) - FIELDS:
        raise ValueError(f"unknown fields of network: {sorted(unknown)}")
    with np.load(input) as arrays:
        x, dx = arrays["signal"], arrays["noise"]
        if request == "propagate":
            kernels = [arrays[f"kernel_{i}"][None] for i in range(1 + network["total_depth"] * network["res_depth"])]
        else:
            drawn = (initialise(network, seed, simulation, x.shape[-1]) for simulation in range(first, first + simulations))
            kernels = (np.stack(layer) for layer in zip(*drawn))
    found = {}
    for depth, x, dx in propagate(network, kernels, x, dx):
        if depth == 0 or depth in depths:
            shown = ({"signal": x, "noise": dx} if tensors else {}) | (measure(x, dx) if moments else {})
            for name, value in shown.items():
                found.setdefault(name, []).append(value)
    np.savez(output, **{name: np.stack(values, axis=1) for name, values in found.items()})
    return {}


def describe(request, protocol):
    return {"name": "wellbehaved_numpy", "version": "1", "dtype": "float64", "architectures": list(LAYERS), "boundaries": list(PADDING),
            "epsilons": None, "operations": ["propagate", "simulate"], "moments": list(measure(*np.ones((2, 1, 2, 1, 1, 1))))}


def main():
    np.seterr(all="ignore")  # a zero signal has infinite logarithms, and that is what is asked for
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
