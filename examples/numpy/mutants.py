"""Deliberately wrong versions of wellbehaved_numpy.py, to see that an audit finds them.

    wellbehaved audit --command "python3 mutants.py noise-not-masked"

Each replaces one function of the right implementation. Without a name it lists them.
"""
import sys

import numpy as np

import wellbehaved_numpy as right

right_initialise, right_convolve, right_batch_norm, right_relu = right.initialise, right.convolve, right.batch_norm, right.relu
right_rank, right_measure = right.effective_rank, right.measure


def scaled_weights(factor):
    return lambda net, *rest: (factor(net["kernel_size"]) * kernel for kernel in right_initialise(net, *rest))


def uniform_weights(net, seed, simulation, inputs):
    random = np.random.default_rng([seed, simulation])
    for kernel in right_initialise(net, seed, simulation, inputs):
        yield random.uniform(-1, 1, kernel.shape) * (2 / kernel[..., 0].size) ** 0.5 / 2 ** 0.5


def shared_weights(net, *rest):
    first, second, *others = right_initialise(net, *rest)
    return [first, second, *(second for _ in others)]


def norm_over(axes, extra=0.0, correction=0, on_deviation=False):
    def batch_norm(x, dx, net):
        variance = x.var(axis=axes, keepdims=True, ddof=correction)
        deviation = np.sqrt(variance) + net["epsilon"] if on_deviation else np.sqrt(variance + net["epsilon"])
        return (x - x.mean(axis=axes, keepdims=True)) / deviation, dx / deviation
    return batch_norm


def noise_centred(x, dx, net):
    x, dx = right_batch_norm(x, dx, net)
    return x, dx - dx.mean(axis=right.POINTS, keepdims=True)


def flipped_for_the_noise():
    calls = iter(range(10 ** 12))
    return lambda x, kernel, net, stride=1: right_convolve(x, kernel if next(calls) % 2 == 0 else kernel[:, ::-1, ::-1], net, stride)


def other_boundary(boundary):
    return lambda x, kernel, net, stride=1: right_convolve(x, kernel, {**net, "boundary": boundary} if net["boundary"] == "periodic" else net, stride)


def from_singular_values(x):
    x = (x - x.mean(axis=right.POINTS, keepdims=True)).reshape(x.shape[0], -1, x.shape[-1])
    values = np.linalg.svd(x, compute_uv=False)
    return values.sum(-1) / values[..., 0]


def changed(**changes):
    def measure(x, dx):
        moments = right_measure(x, dx)
        return {**moments, **{name: change(moments) for name, change in changes.items()}}
    return measure


MUTANTS = {
    "lecun-weights": ("initialise", scaled_weights(lambda k: 0.5 ** 0.5)),
    "variance-5-percent-too-large": ("initialise", scaled_weights(lambda k: 1.05 ** 0.5)),
    "fan-in-without-kernel-area": ("initialise", scaled_weights(lambda k: k)),
    "uniform-weights": ("initialise", uniform_weights),
    "weights-shared-between-layers": ("initialise", shared_weights),
    "weights-reused-between-simulations": ("initialise", lambda net, seed, simulation, inputs: right_initialise(net, seed, 1 + simulation % 2, inputs)),
    "noise-not-masked": ("relu", lambda x, dx: (np.maximum(x, 0), dx)),
    "noise-masked-by-its-own-sign": ("relu", lambda x, dx: (np.maximum(x, 0), np.maximum(dx, 0))),
    "leaky-relu": ("relu", lambda x, dx: (np.where(x > 0, x, 0.01 * x), np.where(x > 0, dx, 0.01 * dx))),
    "derivative-1-at-zero": ("relu", lambda x, dx: (np.maximum(x, 0), np.where(x >= 0, dx, 0))),
    "noise-centred-by-norm": ("batch_norm", noise_centred),
    "noise-not-divided-by-norm": ("batch_norm", lambda x, dx, net: (right_batch_norm(x, dx, net)[0], dx)),
    "variance-with-p-minus-1": ("batch_norm", norm_over(right.POINTS, correction=1)),
    "layer-norm": ("batch_norm", norm_over((4,))),
    "norm-per-image": ("batch_norm", norm_over((2, 3))),
    "epsilon-of-its-own": ("batch_norm", lambda x, dx, net: right_batch_norm(x, dx, {**net, "epsilon": 1e-5})),
    "epsilon-on-the-deviation": ("batch_norm", norm_over(right.POINTS, on_deviation=True)),
    "kernel-flipped-for-the-noise": ("convolve", flipped_for_the_noise()),
    "zero-padding-called-periodic": ("convolve", other_boundary("zero_padding")),
    "symmetric-padding-called-periodic": ("convolve", other_boundary("symmetric")),
    "rank-from-singular-values": ("effective_rank", from_singular_values),
    "chi-without-the-root": ("measure", changed(chi=lambda m: m["chi"] ** 2, log_chi=lambda m: 2 * m["log_chi"])),
    "mu2-reported-for-nu2": ("measure", changed(nu2_signal=lambda m: m["mu2_signal"], log_nu2_signal=lambda m: m["log_mu2_signal"])),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in MUTANTS:
        sys.exit("expected one of " + ", ".join(MUTANTS))
    function, wrong = MUTANTS[sys.argv[1]]
    setattr(right, function, wrong)
    right.main()
