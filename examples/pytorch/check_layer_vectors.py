"""Interprets the networks of the layers' conformance vectors with PyTorch, and compares signal and both noises at every place.

    python3 check_layer_vectors.py ../../data/vectors/layers

The noise is PyTorch's own forward-mode derivative (torch.autograd.forward_ad), with batch statistics held fixed (noise_mapping) and
differentiated (noise_full). Prints one line for each vector; exits with 1 if any differs.
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.autograd.forward_ad as ad
import torch.nn.functional as F

# Rounding: sums of at most 32 terms, through at most 12 layers, relative to the root mean square of a tensor.
TOLERANCE = 1e-13

FUNCTIONS = {
    "linear": lambda x, _: x * 1,
    "relu": lambda x, _: F.relu(x),
    "leaky_relu": lambda x, layer: F.leaky_relu(x, layer.get("slope", 0.01)),
    "abs": lambda x, _: torch.abs(x),
    "tanh": lambda x, _: torch.tanh(x),
    "erf": lambda x, _: torch.erf(x),
    "sine": lambda x, _: torch.sin(x),
    "gelu": lambda x, _: F.gelu(x),
    "gelu_tanh": lambda x, _: F.gelu(x, approximate="tanh"),
    "silu": lambda x, _: F.silu(x),
    "elu": lambda x, _: F.elu(x),
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "softplus": lambda x, _: F.softplus(x, threshold=100),
    "hard_swish": lambda x, _: F.hardswish(x),
}
SOURCES = {"periodic": "wrap", "symmetric": "symmetric"}


class Mapping:
    """A network with parameters; x is (images, channels, height, width) throughout."""

    def __init__(self, parameters, statistics_are_held):
        self.parameters = iter(parameters)
        self.held = statistics_are_held
        self.places, self.depth, self.number, self.has_weights, self.last = {}, 0, 0, False, None

    # Places: a repetition of a stack, a residual outside of one and a layer with weights outside of both begin a new depth.

    def show(self, x, kind="loc"):
        self.places[f"depth{self.depth}_{kind}{self.number}"] = self.last = x
        if kind == "loc":
            self.number += 1

    def enter(self, x):
        self.depth, self.number = self.depth + 1, 1
        self.show(x)

    def stack(self, layers, x, unit=None):
        for word, layer in map(split, layers):
            if word == "repeat":
                for l in range(layer["times"]):
                    if any(split(inner)[0] == "repeat" for inner in layer["unit"]):
                        x = self.stack(layer["unit"], x, (l, layer["times"]))
                    else:
                        self.enter(x)
                        x = self.unit(layer["unit"], x, (l, layer["times"]))
            elif word == "residual":
                self.enter(x)
                x = self.unit([{word: layer}], x, unit)
            else:
                if word in ("conv", "dense", "attention"):
                    if self.has_weights:
                        self.depth, self.number = self.depth + 1, 1
                    self.has_weights = True
                x = self.layer(word, layer, x, shown=True)
        return x

    def unit(self, layers, x, unit, shown=True):
        for word, layer in map(split, layers):
            if word == "repeat":
                for l in range(layer["times"]):
                    x = self.unit(layer["unit"], x, (l, layer["times"]), shown and l == 0)
            elif word == "residual":
                x = self.residual(layer, x, unit, shown)
            else:
                self.has_weights |= word in ("conv", "dense", "attention")
                x = self.layer(word, layer, x, shown)
        return x

    def residual(self, layer, x, unit, shown):
        survives = self.take() if layer.get("survival", 1) < 1 else 1
        branch = self.unit(layer["branch"], x, unit, shown)
        if shown and branch is not x and branch is not self.last:
            self.show(branch, "end")
        skip = self.unit(layer.get("skip", []), x, unit, shown)
        y = scale(layer.get("skip_scale", 1), unit) * skip + survives * scale(layer.get("branch_scale", 1), unit) * branch
        if shown:
            self.show(y)
        return y

    def layer(self, word, layer, x, shown):
        y = self.apply(word, layer, x)
        if shown and word != "flatten":
            self.show(y)
        return y

    # Layers.

    def take(self):
        return next(self.parameters)

    def linear(self, layer, x):
        """x (…, inputs) times weights (inputs, outputs)."""
        y = x @ self.take()
        return y + self.take() if layer.get("bias_variance", 0) > 0 else y

    def apply(self, word, layer, x):
        if word in FUNCTIONS:
            return FUNCTIONS[word](x, layer)
        return getattr(self, word)(layer, x)

    def conv(self, layer, x):
        weights = self.take().permute(3, 2, 0, 1)
        bias = self.take() if layer.get("bias_variance", 0) > 0 else None
        dilation, boundary = layer.get("dilation", 1), layer.get("boundary", "periodic")
        before = (layer["kernel"] - 1) // 2 * dilation
        after = (layer["kernel"] - 1) * dilation - before
        if boundary == "zero_padding":
            x = F.pad(x, (before, after, before, after))
        else:
            for axis in (2, 3):
                sources = np.pad(np.arange(x.shape[axis]), (before, after), mode=SOURCES[boundary])
                x = torch.index_select(x, axis, torch.as_tensor(sources))
        groups = layer.get("groups", 1)
        return F.conv2d(x, weights, bias, layer.get("stride", 1), 0, dilation, x.shape[1] if groups == "depthwise" else groups)

    def dense(self, layer, x):
        return self.linear(layer, x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def batch_norm(self, layer, x):
        primal = ad.unpack_dual(x).primal if self.held else x
        mean = primal.mean((0, 2, 3), keepdim=True)
        variance = ((primal - mean) ** 2).mean((0, 2, 3), keepdim=True)
        return layer.get("scale", 1) * (x - mean) / torch.sqrt(variance + layer.get("epsilon", 0.001))

    def layer_norm(self, layer, x):
        if layer.get("over", "channels") == "all":
            return layer.get("scale", 1) * F.layer_norm(x, x.shape[1:], eps=layer.get("epsilon", 1e-5))
        x = x.permute(0, 2, 3, 1)
        return layer.get("scale", 1) * F.layer_norm(x, x.shape[3:], eps=layer.get("epsilon", 1e-5)).permute(0, 3, 1, 2)

    def rms_norm(self, layer, x):
        axes = (1,) if layer.get("over", "channels") == "channels" else (1, 2, 3)
        return layer.get("scale", 1) * x / torch.sqrt((x * x).mean(axes, keepdim=True) + layer.get("epsilon", 1e-5))

    def group_norm(self, layer, x):
        return layer.get("scale", 1) * F.group_norm(x.contiguous(), layer["groups"], eps=layer.get("epsilon", 1e-5))

    def instance_norm(self, layer, x):
        return layer.get("scale", 1) * F.group_norm(x.contiguous(), x.shape[1], eps=layer.get("epsilon", 1e-5))

    def scale(self, factor, x):
        return factor * x

    def windows(self, size, x):
        """Windows of positions as the last axis, rows first."""
        rows, columns = (1 if extent == 1 else size for extent in x.shape[2:])
        x = x.unflatten(3, (-1, columns)).unflatten(2, (-1, rows))
        return x.permute(0, 1, 2, 4, 3, 5).flatten(4)

    def average_pool(self, size, x):
        return self.windows(size, x).mean(-1)

    def max_pool(self, size, x):
        return self.windows(size, x).max(-1).values

    def global_average_pool(self, _, x):
        return x.mean((2, 3), keepdim=True)

    def flatten(self, _, x):
        return x.permute(0, 2, 3, 1).flatten(1)[:, :, None, None]

    def dropout(self, layer, x):
        mask = self.take()
        if layer.get("mask", "shared") == "shared":
            return x * mask[:, None, None]
        images, channels, height, width = x.shape
        return x * mask.reshape(images, height, width, channels).permute(0, 3, 1, 2)

    def attention(self, layer, x):
        images, channels, height, width = x.shape
        tokens, heads = height * width, layer["heads"]
        x = x.permute(0, 2, 3, 1).reshape(images, tokens, channels)
        queries, keys, values = (
            self.linear(layer, x).reshape(images, tokens, heads, channels // heads).transpose(1, 2) for _ in range(3))
        scores = queries @ keys.transpose(2, 3) / math.sqrt(channels // heads)
        if layer.get("causal", False):
            scores = scores + torch.full((tokens, tokens), -math.inf, dtype=scores.dtype).triu(1)
        mixed = (torch.softmax(scores, -1) @ values).transpose(1, 2).reshape(images, tokens, channels)
        return self.linear(layer, mixed).reshape(images, height, width, channels).permute(0, 3, 1, 2)


def split(layer):
    """The word of a layer and what stands with it."""
    return (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))


def scale(value, unit):
    if isinstance(value, str):
        l, units = unit
        return {"1/sqrt(2)": 1 / math.sqrt(2), "1/sqrt(L)": 1 / math.sqrt(units), "1/sqrt(l+1)": 1 / math.sqrt(l + 1)}[value]
    return value


def propagate(vector, network, statistics_are_held):
    """Signal and noise (images, height, width, channels) at every place."""
    channels_first = [torch.as_tensor(vector[name]).permute(0, 3, 1, 2) for name in ("input_signal", "input_noise")]
    count = sum(name.startswith("parameter_") for name in vector.files)
    mapping = Mapping([torch.as_tensor(vector[f"parameter_{i}"]) for i in range(count)], statistics_are_held)
    with ad.dual_level():
        mapping.stack(network["layers"], ad.make_dual(*channels_first))
        for name, x in mapping.places.items():
            signal, noise = ad.unpack_dual(x)
            yield name, signal.permute(0, 2, 3, 1).numpy(), noise.permute(0, 2, 3, 1).numpy()


def distance(ours, theirs):
    if ours.shape != theirs.shape:
        return math.inf
    return np.abs(ours - theirs).max() / max(np.sqrt((theirs ** 2).mean()), 1e-300)


def check(path):
    vector = np.load(path)
    network = json.loads(str(vector["network"]))
    worst, seen = 0.0, {"network", "input_signal", "input_noise"} | {name for name in vector.files if name.startswith("parameter_")}
    for held, noise_name in ((True, "noise_mapping"), (False, "noise_full")):
        for place, signal, noise in propagate(vector, network, held):
            for name, ours in ((f"signal_{place}", signal), (f"{noise_name}_{place}", noise)):
                seen.add(name)
                worst = max(worst, distance(ours, vector[name]) if name in vector.files else math.inf)
    agrees = worst < TOLERANCE and seen == set(vector.files)
    print("agrees" if agrees else "DIFFERS", path.stem, f"{worst:.0e}")
    return agrees


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(0 if all([check(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.npz"))]) else 1)
