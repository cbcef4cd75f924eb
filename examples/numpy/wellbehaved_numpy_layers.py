"""Signal and noise through any network of layers in NumPy, with an adapter for `wellbehaved audit` that speaks protocol 2.

    wellbehaved audit --command "python3 wellbehaved_numpy_layers.py"

Tensors have the axes (simulations, images, height, width, channels), parameters one more in front, for the simulations, than docs/audit-protocol.md
says. Each layer takes signal and noise and returns both; its options are keyword arguments, so one that it does not know is an error.
"""
import json
import math
import sys

import numpy as np

from wellbehaved_numpy import measure

LAWS = {
    "normal": lambda random, inputs, outputs: random.normal(size=(inputs, outputs)),
    "uniform": lambda random, inputs, outputs: random.uniform(-3 ** 0.5, 3 ** 0.5, (inputs, outputs)),
    "truncated_normal": lambda random, inputs, outputs: truncated(random, inputs * outputs).reshape(inputs, outputs) / 0.8796256610342398,
    "orthogonal": lambda random, inputs, outputs: orthogonal(random, inputs, outputs),
}


def truncated(random, count):
    values = random.normal(size=2 * count + 100)
    values = values[np.abs(values) <= 2][:count]
    return values if len(values) == count else truncated(random, count)


def orthogonal(random, inputs, outputs):
    """Orthonormal columns or rows, whichever are fewer, uniform over all such, times the root that makes the weights' mean square 1."""
    q, r = np.linalg.qr(random.normal(size=(max(inputs, outputs), min(inputs, outputs))))
    q = q * np.sign(np.diag(r)) * max(inputs, outputs) ** 0.5
    return q if inputs >= outputs else q.T


class Given:
    """Parameters that the auditor hands over, one after the other."""

    def __init__(self, arrays):
        self.arrays = (arrays[f"parameter_{i}"][None] for i in range(len(arrays.files) - 2))

    def weights(self, *_):
        return next(self.arrays)

    biases = mask = survival = weights


class Drawn:
    """Parameters of our own: a generator for each simulation, made of the seed and the simulation's number."""

    def __init__(self, seed, simulations):
        self.randoms = [np.random.default_rng([seed, simulation]) for simulation in simulations]

    def draw(self, function):
        return np.stack([function(random) for random in self.randoms])

    def weights(self, shape, groups, variance, law):
        """Shape (…, inputs of a group, outputs); each group has weights of its own."""
        fan_in, outputs = math.prod(shape[:-1]), shape[-1] // groups
        scale = (variance / fan_in) ** 0.5
        return scale * self.draw(lambda random: np.concatenate([LAWS[law](random, fan_in, outputs) for _ in range(groups)], axis=1).reshape(shape))

    def biases(self, channels, variance):
        return self.draw(lambda random: random.normal(0, variance ** 0.5, channels))

    def mask(self, shape, keep):
        return self.draw(lambda random: (random.random(shape) < keep) / keep)

    def survival(self, probability):
        return self.draw(lambda random: np.array([random.random() < probability], float))


def extended(x, axis, before, after, boundary):
    """Beyond the border: again and again where the image is smaller than the kernel."""
    n = x.shape[axis]
    if boundary == "zero_padding":
        return np.pad(x, [(before, after) if a == axis else (0, 0) for a in range(x.ndim)])
    i = np.arange(-before, n + after) % (n if boundary == "periodic" else 2 * n)
    return x.take(np.minimum(i, 2 * n - 1 - i), axis)


def convolve(x, kernel, stride, dilation, groups, boundary):
    k, outputs, (simulations, images, height, width, inputs) = kernel.shape[1], kernel.shape[-1], x.shape
    before, span = (k - 1) // 2 * dilation, (k - 1) * dilation
    if k > 1:
        x = extended(extended(x, 2, before, span - before, boundary), 3, before, span - before, boundary)
    kernel = kernel.reshape(len(kernel), k, k, inputs // groups, groups, outputs // groups).swapaxes(3, 4)
    y = 0
    for a in range(k):
        for b in range(k):
            patch = x[:, :, a * dilation:a * dilation + height:stride, b * dilation:b * dilation + width:stride]
            y = y + patch.reshape(simulations, -1, groups, inputs // groups).swapaxes(1, 2) @ kernel[:, a, b]
    return y.swapaxes(1, 2).reshape(simulations, images, -(-height // stride), -(-width // stride), outputs)


def conv(x, dx, own, kernel, channels, stride, dilation, groups, boundary, weight_variance, bias_variance, weights):
    w = own.weights((kernel, kernel, x.shape[-1] // groups, channels), groups, weight_variance, weights)
    w = w.reshape(len(w), kernel, kernel, -1, channels)
    y, dy = (convolve(t, w, stride, dilation, groups, boundary) for t in (x, dx))
    return y + own.biases(channels, bias_variance)[:, None, None, None] if bias_variance > 0 else y, dy


def dense(x, dx, own, channels, weight_variance, bias_variance, weights):
    return conv(x, dx, own, 1, channels, 1, 1, 1, "periodic", weight_variance, bias_variance, weights)


def attention(x, dx, own, heads, causal, weight_variance, bias_variance, weights):
    channels, points = x.shape[-1], x.shape[2] * x.shape[3]
    rest = (channels, weight_variance, bias_variance, weights)

    def split(t):
        return t.reshape(*t.shape[:2], points, heads, channels // heads).swapaxes(2, 3)

    (q, dq), (k, dk), (v, dv) = (map(split, dense(x, dx, own, *rest)) for _ in range(3))
    root = (channels // heads) ** 0.5
    scores = q @ k.swapaxes(-1, -2) / root
    change = (dq @ k.swapaxes(-1, -2) + q @ dk.swapaxes(-1, -2)) / root
    if causal:
        scores = np.where(np.tri(points, dtype=bool), scores, -np.inf)
    share = np.exp(scores - scores.max(-1, keepdims=True))
    share = share / share.sum(-1, keepdims=True)
    change = share * (change - (share * change).sum(-1, keepdims=True))
    mixed, noise = share @ v, change @ v + share @ dv
    return dense(*(t.swapaxes(2, 3).reshape(x.shape) for t in (mixed, noise)), own, *rest)


def normalise(x, dx, axes, epsilon, scale, centred=True, held=False):
    """Over some axes; the statistics are differentiated unless they are held."""
    mean = x.mean(axes, keepdims=True) if centred else 0
    deviation = np.sqrt(((x - mean) ** 2).mean(axes, keepdims=True) + epsilon)
    z = (x - mean) / deviation
    if not held:
        dx = dx - (dx.mean(axes, keepdims=True) if centred else 0) - z * (z * dx).mean(axes, keepdims=True)
    return scale * z, scale * (dx / deviation)


def group_norm(x, dx, own, groups, epsilon, scale):
    x, dx = (t.reshape(*t.shape[:-1], groups, -1) for t in (x, dx))
    return (t.reshape(*t.shape[:4], -1) for t in normalise(x, dx, (2, 3, 5), epsilon, scale))


def windows(size, *tensors):
    """Each window's positions in one axis, by rows: (simulations, images, height, width, window, channels)."""
    s, i, height, width, c = tensors[0].shape
    a, b = (1 if extent == 1 else size for extent in (height, width))
    for t in tensors:
        yield t.reshape(s, i, height // a, a, width // b, b, c).swapaxes(3, 4).reshape(s, i, height // a, width // b, a * b, c)


def max_pool(x, dx, own, size):
    x, dx = windows(size, x, dx)
    first = x.argmax(4)[:, :, :, :, None]
    return (np.take_along_axis(t, first, 4)[:, :, :, :, 0] for t in (x, dx))


def dropout(x, dx, own, keep, mask):
    if mask == "shared":
        factor = own.mask(x.shape[-1:], keep)[:, None, None, None]
    else:
        factor = own.mask((math.prod(x.shape[1:4]), x.shape[-1]), keep).reshape(-1, *x.shape[1:])
    return factor * x, factor * dx


def function(value, slope):
    """An activation of its function and derivative."""
    return lambda x, dx, own, **options: (value(x, **options), slope(x, **options) * dx)


ERFC, EXPM1 = np.vectorize(math.erfc, otypes=[float]), np.expm1
logistic = lambda u: np.where(u > 0, 1 / (1 + np.exp(-np.abs(u))), np.exp(-np.abs(u)) / (1 + np.exp(-np.abs(u))))
inner = lambda u: 2 * (2 / math.pi) ** 0.5 * (u + 0.044715 * u ** 3)
bell = lambda u: np.exp(-u * u / 2) / (2 * math.pi) ** 0.5
FUNCTIONS = {
    "linear": function(lambda u: u, np.ones_like),
    "relu": function(lambda u: np.maximum(u, 0), lambda u: u > 0),
    "leaky_relu": function(lambda u, slope: np.where(u > 0, u, slope * u), lambda u, slope: np.where(u > 0, 1, slope)),
    "abs": function(np.abs, lambda u: np.where(u > 0, 1, -1)),
    "tanh": function(np.tanh, lambda u: 4 * logistic(2 * u) * logistic(-2 * u)),
    "erf": function(np.vectorize(math.erf, otypes=[float]), lambda u: 2 / math.pi ** 0.5 * np.exp(-u * u)),
    "sine": function(np.sin, np.cos),
    "gelu": function(lambda u: u * ERFC(-u / 2 ** 0.5) / 2, lambda u: ERFC(-u / 2 ** 0.5) / 2 + u * bell(u)),
    "gelu_tanh": function(lambda u: u * logistic(inner(u)), lambda u: logistic(inner(u)) * (
        1 + u * logistic(-inner(u)) * 2 * (2 / math.pi) ** 0.5 * (1 + 3 * 0.044715 * u * u))),
    "silu": function(lambda u: u * logistic(u), lambda u: logistic(u) * (1 + u * logistic(-u))),
    "elu": function(lambda u: np.where(u > 0, u, EXPM1(u)), lambda u: np.where(u > 0, 1, np.exp(u))),
    "sigmoid": function(logistic, lambda u: logistic(u) * logistic(-u)),
    "softplus": function(lambda u: np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))), logistic),
    "hard_swish": function(lambda u: u * np.clip(u + 3, 0, 6) / 6, lambda u: np.where(u >= 3, 1, np.where(u <= -3, 0, (2 * u + 3) / 6))),
}
OPTIONS = ["stride", "dilation", "groups", "biases", "norm_scale", "over_all", "projection", "scales", "survival", "mask_by_point", "causal"]
OVER = {"channels": (4,), "all": (2, 3, 4)}
LAYERS = {
    "conv": conv, "dense": dense, "attention": attention, "dropout": dropout, "group_norm": group_norm, "max_pool": max_pool,
    "batch_norm": lambda x, dx, own, held, **rest: normalise(x, dx, (1, 2, 3), **rest, held=held),
    "layer_norm": lambda x, dx, own, over, **rest: normalise(x, dx, OVER[over], **rest),
    "rms_norm": lambda x, dx, own, over, **rest: normalise(x, dx, OVER[over], **rest, centred=False),
    "instance_norm": lambda x, dx, own, **rest: normalise(x, dx, (2, 3), **rest),
    "scale": lambda x, dx, own, factor: (factor * x, factor * dx),
    "average_pool": lambda x, dx, own, size: (t.mean(4) for t in windows(size, x, dx)),
    "global_average_pool": lambda x, dx, own: (t.mean((2, 3), keepdims=True) for t in (x, dx)),
    "flatten": lambda x, dx, own: (t.reshape(*t.shape[:2], 1, 1, -1) for t in (x, dx)),
}


def propagate(layers, x, dx, own, held, show):
    """Through layers one after the other, showing what each puts out; of a residual the branch, the skip, then the sum."""
    for layer in layers:
        (word, options), = layer.items()
        if word == "residual":
            x, dx = residual(x, dx, own, held, show, **options)
        elif isinstance(options, dict):
            options = {**options, "held": held} if word == "batch_norm" else options
            x, dx = {**LAYERS, **FUNCTIONS}[word](x, dx, own, **options)
        else:
            x, dx = LAYERS[word](x, dx, own, options)
        show(x, dx)
    return x, dx


def residual(x, dx, own, held, show, branch, skip, branch_scale, skip_scale, survival):
    factor = branch_scale * (own.survival(survival)[:, :, None, None, None] if survival < 1 else 1)
    branch = propagate(branch, x, dx, own, held, show)
    skip = propagate(skip, x, dx, own, held, show)
    return (skip_scale * s + factor * b for s, b in zip(skip, branch))


def answer(request, network, noise, input, places, tensors, moments, output, seed=None, first=None, simulations=None):
    if set(network) != {"input", "layers"}:
        raise ValueError(f"expected input and layers in network, got {', '.join(network)}")
    found, number = {}, -1

    def show(x, dx):
        nonlocal number
        number += 1
        if number not in places:
            return
        if tensors:
            found[f"signal_{number}"], found[f"noise_{number}"] = x, dx
        for name, value in measure(x, dx).items() if moments else ():
            found.setdefault(name, []).append(value)

    with np.load(input) as arrays:
        own = Given(arrays) if request == "propagate" else Drawn(seed, range(first, first + simulations))
        x, dx = arrays["signal"], arrays["noise"]
        show(x, dx)
        propagate(network["layers"], x, dx, own, noise == "mapping", show)
    np.savez(output, **{name: np.stack(value, axis=1) if isinstance(value, list) else value for name, value in found.items()})
    return {}


def describe(request, protocol):
    return {"protocol": 2, "name": "wellbehaved_numpy_layers", "version": "1", "dtype": "float64", "layers": [*LAYERS, "residual"],
            "functions": list(FUNCTIONS), "boundaries": ["periodic", "symmetric", "zero_padding"], "noises": ["mapping", "full"],
            "options": OPTIONS, "weights": list(LAWS),
            "operations": ["propagate", "simulate"], "moments": list(measure(*np.ones((2, 1, 2, 1, 1, 1))))}


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
