"""Gradients of networks by PyTorch, from a network's JSON form and its parameters: what the backward pass is compared with.

Usage: torch_gradients.py FOLDER. For each NAME.json there is NAME.npz with input (images, height, width, channels), cotangent, parameters p0, p1, ... in the order in which
a mapping draws them, and gradients: g_input and g0, g1, ... (none for masks and survivals). Prints the largest difference of each network, relative to the rms of the
gradient's tensor, or to a thousandth of the largest of the network where it is smaller: some gradients are zero, such as those of biases before a norm.
"""

import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

FUNCTIONS = {
    "linear": lambda u: u, "relu": torch.relu, "abs": torch.abs, "tanh": torch.tanh, "erf": torch.erf, "sine": torch.sin, "gelu": F.gelu,
    "gelu_tanh": lambda u: F.gelu(u, approximate="tanh"), "silu": F.silu, "elu": F.elu, "sigmoid": torch.sigmoid, "softplus": F.softplus, "hard_swish": F.hardswish,
}


class Network:
    def __init__(self, parameters):
        self.parameters, self.next = parameters, 0

    def draw(self):
        self.next += 1
        return self.parameters[self.next - 1]

    def layers(self, layers, x, unit=(0, 1)):
        for layer in layers:
            word, options = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
            x = getattr(self, word)(x, options, unit) if hasattr(self, word) else self.activation(word, options, x)
        return x

    def activation(self, word, options, x):
        return F.leaky_relu(x, options.get("slope", 0.01)) if word == "leaky_relu" else FUNCTIONS[word](x)

    def repeat(self, x, options, unit):
        for repetition in range(options["times"]):
            x = self.layers(options["unit"], x, (repetition, options["times"]))
        return x

    def residual(self, x, options, unit):
        def scale(name):
            value, (number, count) = options.get(name, 1), unit
            rules = {"1/sqrt(2)": 1 / math.sqrt(2), "1/sqrt(L)": 1 / math.sqrt(count), "1/sqrt(l+1)": 1 / math.sqrt(number + 1)}
            return rules[value] if isinstance(value, str) else value

        survives = self.draw()[0] if options.get("survival", 1) < 1 else 1
        branch = self.layers(options["branch"], x, unit)
        skip = self.layers(options.get("skip", []), x, unit)
        return scale("skip_scale") * skip + scale("branch_scale") * survives * branch

    def weights(self, options, inputs, outputs):
        weights = self.draw()
        bias = self.draw() if options.get("bias_variance", 0) > 0 else None
        return weights.reshape(inputs, outputs), bias

    def dense(self, x, options, unit):
        weights, bias = self.weights(options, x.shape[-1], options.get("channels", x.shape[-1]))
        y = x @ weights
        return y if bias is None else y + bias

    def conv(self, x, options, unit):
        kernel, inputs = options["kernel"], x.shape[-1]
        outputs, stride, dilation = options.get("channels", inputs), options.get("stride", 1), options.get("dilation", 1)
        groups = inputs if options.get("groups") == "depthwise" else options.get("groups", 1)
        weights, bias = self.weights(options, kernel * kernel * inputs // groups, outputs)
        weights = weights.reshape(kernel, kernel, inputs // groups, outputs).permute(3, 2, 0, 1)
        first, last = (kernel - 1) // 2 * dilation, (kernel - 1 - (kernel - 1) // 2) * dilation
        x = x.permute(0, 3, 1, 2)
        for axis in (2, 3):
            extent, boundary = x.shape[axis], options.get("boundary", "periodic")
            index = np.arange(-first, extent + last)
            if boundary == "zero_padding":
                outside = torch.as_tensor((index >= 0) & (index < extent)).reshape([-1, 1] if axis == 2 else [1, -1])
                x = x.index_select(axis, torch.as_tensor(np.clip(index, 0, extent - 1))) * outside
            else:
                period = extent if boundary == "periodic" else 2 * extent
                folded = index % period
                x = x.index_select(axis, torch.as_tensor(np.where(folded < extent, folded, period - 1 - folded)))
        y = F.conv2d(x, weights, stride=stride, dilation=dilation, groups=groups).permute(0, 2, 3, 1)
        return y if bias is None else y + bias

    def normalised(self, x, options, axes, epsilon, centres=True):
        centred = x - x.mean(axes, keepdim=True) if centres else x
        return options.get("scale", 1) * centred / torch.sqrt((centred**2).mean(axes, keepdim=True) + options.get("epsilon", epsilon))

    def batch_norm(self, x, options, unit):
        return self.normalised(x, options, (0, 1, 2), 1e-3)

    def layer_norm(self, x, options, unit):
        return self.normalised(x, options, (1, 2, 3) if options.get("over") == "all" else (3,), 1e-5)

    def rms_norm(self, x, options, unit):
        return self.normalised(x, options, (1, 2, 3) if options.get("over") == "all" else (3,), 1e-5, centres=False)

    def instance_norm(self, x, options, unit):
        return self.normalised(x, options, (1, 2), 1e-5)

    def group_norm(self, x, options, unit):
        grouped = x.reshape(*x.shape[:3], options["groups"], -1)
        return self.normalised(grouped, options, (1, 2, 4), 1e-5).reshape(x.shape)

    def scale(self, x, options, unit):
        return options * x

    def pool(self, x, size, function):
        sizes = [1 if extent == 1 else size for extent in x.shape[1:3]]
        return function(x.permute(0, 3, 1, 2), sizes).permute(0, 2, 3, 1)

    def average_pool(self, x, size, unit):
        return self.pool(x, size, F.avg_pool2d)

    def max_pool(self, x, size, unit):
        return self.pool(x, size, F.max_pool2d)

    def global_average_pool(self, x, options, unit):
        return x.mean((1, 2), keepdim=True)

    def flatten(self, x, options, unit):
        return x.reshape(x.shape[0], 1, 1, -1)

    def dropout(self, x, options, unit):
        mask = self.draw()
        return x * (mask.reshape(x.shape) if options.get("mask") == "by_point" else mask)

    def attention(self, x, options, unit):
        tokens = x.reshape(x.shape[0], -1, x.shape[-1])
        channels, heads = tokens.shape[-1], options["heads"]
        options = {"bias_variance": options.get("bias_variance", 0)}

        def project(values):
            weights, bias = self.weights(options, channels, channels)
            return values @ weights if bias is None else values @ weights + bias

        queries, keys, values = (project(tokens).unflatten(-1, (heads, -1)).transpose(1, 2) for _ in range(3))
        logits = queries @ keys.transpose(-1, -2) / math.sqrt(channels // heads)
        if self.causal:
            logits = logits.masked_fill(torch.ones(logits.shape[-2:]).triu(1) > 0, -math.inf)
        attended = (torch.softmax(logits, -1) @ values).transpose(1, 2).flatten(2)
        return project(attended).reshape(x.shape)


def uses(node, key, value):
    if isinstance(node, dict):
        return any((k == key and v == value) or uses(v, key, value) for k, v in node.items())
    return isinstance(node, list) and any(uses(item, key, value) for item in node)


def largest(actual, expected, scale):
    return float(np.max(np.abs(actual - expected)) / scale) if actual.size else 0.0


for file in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    description, data = json.loads(file.read_text(encoding="utf-8")), np.load(file.with_suffix(".npz"))
    parameters = [torch.tensor(data[f"p{i}"], requires_grad=True) for i in range(sum(name[0] == "p" for name in data.files))]
    network = Network(parameters)
    network.causal = uses(description, "causal", True)
    x = torch.tensor(data["input"], requires_grad=True)
    output = network.layers(description["layers"], x)
    assert network.next == len(parameters), f"{file}: {network.next} of {len(parameters)} tensors were drawn"
    (output * torch.tensor(data["cotangent"]).reshape(output.shape)).sum().backward()
    wanted = [(data["g_input"], x)] + [(data[f"g{i}"], p) for i, p in enumerate(parameters) if f"g{i}" in data.files]
    overall = max(float(np.sqrt(np.mean(np.square(gradient)))) for gradient, _ in wanted)
    worst = max(
        largest(gradient, np.zeros_like(gradient) if tensor.grad is None else tensor.grad.numpy().reshape(gradient.shape), max(float(np.sqrt(np.mean(gradient**2))), 1e-3 * overall))
        for gradient, tensor in wanted)
    print(f"{file.stem} {worst:.3e}")
