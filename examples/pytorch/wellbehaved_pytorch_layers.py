"""Any network of layers built of torch.nn's modules, with an adapter for `wellbehaved audit` that speaks protocol 2.

    wellbehaved audit --command "python3 wellbehaved_pytorch_layers.py"
    wellbehaved audit --command "python3 wellbehaved_pytorch_layers.py cuda"

The noise is PyTorch's own forward-mode derivative. In training mode that differentiates the statistics of the batch (noise "full");
for noise "mapping" batch norms run in evaluation mode on the statistics of the batch that comes in. Single precision, channels first.

All of torch's functions are right as they are: the derivative 0 of torch.abs at 0 is one of those that are allowed, and nn.Softplus is linear beyond
20 only, where single precision does not see it. (With a threshold above 88 its exponential overflows, and an audit says so.) Norms refuse a single value
to normalise, which is declined here, and version 1.13 has no nn.RMSNorm.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.autograd.forward_ad as ad
from torch import nn
from torch.nn import functional

from wellbehaved_pytorch import DEVICE, at_least_smallest, measure, seed_generator


class ChannelsLast(nn.Module):
    """A module of features in the last axis, such as nn.Linear, between modules of images. What it puts out is contiguous: the derivative of nn.GroupNorm wants that."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        y = self.inner(x.movedim(1, -1))
        return y[:, :, None, None] if y.ndim == 2 else y.movedim(-1, 1).contiguous()


class Attention(nn.Module):
    def __init__(self, inner, causal):
        super().__init__()
        self.inner, self.causal = inner, causal

    def forward(self, x):
        tokens = x.flatten(2).transpose(1, 2)
        mask = torch.ones(2 * [tokens.shape[1]], dtype=torch.bool, device=x.device).triu(1) if self.causal else None
        y, _ = self.inner(tokens, tokens, tokens, attn_mask=mask)  # with need_weights=False its fused kernels have no forward derivative
        return y.transpose(1, 2).unflatten(2, x.shape[2:])


class HeldBatchNorm(nn.BatchNorm2d):
    """Evaluation mode on the statistics of the batch itself, which are not differentiated."""

    def forward(self, x):
        primal = ad.unpack_dual(x).primal
        mean, variance = primal.mean((0, 2, 3)), primal.var((0, 2, 3), unbiased=False)
        return functional.batch_norm(x, mean, variance, self.weight, self.bias, False, 0, self.eps)


class Extend(nn.Module):
    """What lies beyond the border, again and again where the image is smaller than the kernel."""

    def __init__(self, before, after, boundary):
        super().__init__()
        self.before, self.after, self.boundary = before, after, boundary

    def forward(self, x):
        for axis in (2, 3):
            n = x.shape[axis]
            i = torch.arange(-self.before, n + self.after, device=x.device) % (n if self.boundary == "periodic" else 2 * n)
            x = x.index_select(axis, torch.minimum(i, 2 * n - 1 - i))
        return x


class Times(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.register_buffer("factor", torch.as_tensor(factor))

    def forward(self, x):
        return x * self.factor


class Residual(nn.Module):
    def __init__(self, branch, skip, branch_scale, skip_scale):
        super().__init__()
        self.branch, self.skip, self.skip_scale = branch, skip, skip_scale
        self.register_buffer("branch_scale", torch.as_tensor(branch_scale))

    def forward(self, x):
        branch = self.branch(x)
        return self.skip_scale * self.skip(x) + self.branch_scale * branch


class Sine(nn.Module):
    def forward(self, x):
        return torch.sin(x)


class Erf(nn.Module):
    def forward(self, x):
        return torch.erf(x)


class Abs(nn.Module):
    def forward(self, x):
        return torch.abs(x)


class GroupNorm(nn.GroupNorm):
    """Its forward derivative needs features whose memory is in order; those after a dense layer are a view in another order."""

    def forward(self, x):
        return super().forward(x.contiguous())

OPTIONS = ["stride", "dilation", "groups", "biases", "norm_scale", "over_all", "projection", "scales", "survival", "mask_by_point", "causal"]
FUNCTIONS = {
    "linear": nn.Identity, "relu": nn.ReLU, "leaky_relu": lambda slope: nn.LeakyReLU(slope), "abs": Abs, "tanh": nn.Tanh, "erf": Erf, "sine": Sine,
    "gelu": nn.GELU, "gelu_tanh": lambda: nn.GELU(approximate="tanh"), "silu": nn.SiLU, "elu": nn.ELU, "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus, "hard_swish": nn.Hardswish,
}


class Given:
    """Parameters that the auditor hands over, one after the other."""

    def __init__(self, arrays):
        self.arrays = (torch.from_numpy(arrays[f"parameter_{i}"]).float() for i in range(len(arrays.files) - 2))

    def weights(self, *_):
        return next(self.arrays)

    biases = mask = survival = weights


class Drawn:
    """Parameters of our own, by torch.nn.init and the generator that is seeded for one simulation."""

    def weights(self, shape, groups, variance, law):
        fan_in, outputs = math.prod(shape[:-1]), shape[-1]
        deviation = (variance / fan_in) ** 0.5
        w = torch.empty(outputs, fan_in)
        if law == "normal":
            nn.init.normal_(w, 0, deviation)
        elif law == "uniform":
            nn.init.uniform_(w, -3 ** 0.5 * deviation, 3 ** 0.5 * deviation)
        elif law == "truncated_normal":
            wide = deviation / 0.8796256610342398
            nn.init.trunc_normal_(w, 0, wide, -2 * wide, 2 * wide)
        else:
            for group in w.chunk(groups):
                nn.init.orthogonal_(group, deviation * max(group.shape) ** 0.5)
        return w.T.reshape(shape)

    def biases(self, channels, variance):
        return variance ** 0.5 * torch.randn(channels)

    def mask(self, shape, keep):
        return functional.dropout(torch.ones(shape), 1 - keep)

    def survival(self, probability):
        return (torch.rand(1) < probability).float()


class Builder:
    """Builds modules of layers, and knows the shape (channels, height, width) that each meets."""

    def __init__(self, parameters, images, shape, held):
        self.own, self.images, self.shape, self.held, self.shown = parameters, images, shape, held, []

    def sequence(self, layers):
        return nn.Sequential(*[self.module(*next(iter(layer.items()))) for layer in layers])

    def module(self, word, options):
        build = FUNCTIONS[word] if word in FUNCTIONS else getattr(self, word)
        module = build(**options) if isinstance(options, dict) else build(options)
        self.shown.append(module)
        return module

    def conv(self, kernel, channels, stride, dilation, groups, boundary, weight_variance, bias_variance, weights):
        inputs, height, width = self.shape
        conv = nn.Conv2d(inputs, channels, kernel, stride, 0, dilation, groups, bias_variance > 0)
        conv.weight.data = self.own.weights((kernel, kernel, inputs // groups, channels), groups, weight_variance, weights).permute(3, 2, 0, 1).contiguous()
        if bias_variance > 0:
            conv.bias.data = self.own.biases(channels, bias_variance)
        before = (kernel - 1) // 2 * dilation
        after = (kernel - 1) * dilation - before
        self.shape = (channels, -(-height // stride), -(-width // stride))
        if boundary == "zero_padding":
            return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), conv)
        return nn.Sequential(Extend(before, after, boundary), conv)

    def linear(self, inputs, outputs, weight_variance, bias_variance, weights):
        linear = nn.Linear(inputs, outputs, bias_variance > 0)
        linear.weight.data = self.own.weights((inputs, outputs), 1, weight_variance, weights).T.contiguous()
        if bias_variance > 0:
            linear.bias.data = self.own.biases(outputs, bias_variance)
        return linear

    def dense(self, channels, **rest):
        inputs, self.shape = self.shape[0], (channels, *self.shape[1:])
        return ChannelsLast(self.linear(inputs, channels, **rest))

    def attention(self, heads, causal, **rest):
        c = self.shape[0]
        *projections, output = (self.linear(c, c, **rest) for _ in range(4))
        inner = nn.MultiheadAttention(c, heads, bias=rest["bias_variance"] > 0, batch_first=True)
        inner.in_proj_weight.data = torch.cat([projection.weight for projection in projections])
        inner.out_proj.weight.data = output.weight.data
        if rest["bias_variance"] > 0:
            inner.in_proj_bias.data, inner.out_proj.bias.data = torch.cat([projection.bias for projection in projections]), output.bias.data
        return Attention(inner, causal)

    @staticmethod
    def scaled(norm, scale):
        nn.init.constant_(norm.weight, scale)
        return norm

    def batch_norm(self, epsilon, scale):
        return self.scaled((HeldBatchNorm if self.held else nn.BatchNorm2d)(self.shape[0], at_least_smallest(epsilon)), scale)

    def layer_norm(self, over, epsilon, scale):
        return ChannelsLast(self.scaled(nn.LayerNorm(self.shape[0], epsilon), scale)) if over == "channels" else self.scaled(nn.LayerNorm(self.shape, epsilon), scale)

    if hasattr(nn, "RMSNorm"):
        def rms_norm(self, over, epsilon, scale):
            return ChannelsLast(self.scaled(nn.RMSNorm(self.shape[0], epsilon), scale)) if over == "channels" else self.scaled(nn.RMSNorm(self.shape, epsilon), scale)

    def group_norm(self, groups, epsilon, scale):
        return self.scaled(GroupNorm(groups, self.shape[0], epsilon), scale)

    def instance_norm(self, epsilon, scale):
        return self.scaled(nn.InstanceNorm2d(self.shape[0], epsilon, affine=True), scale)

    def scale(self, factor):
        return Times(factor)

    def windows(self, size):
        c, *extents = self.shape
        size = tuple(1 if extent == 1 else size for extent in extents)
        self.shape = (c, *(extent // step for extent, step in zip(extents, size)))
        return size

    def average_pool(self, size):
        return nn.AvgPool2d(self.windows(size))

    def max_pool(self, size):
        return nn.MaxPool2d(self.windows(size))

    def global_average_pool(self):
        self.shape = (self.shape[0], 1, 1)
        return nn.AdaptiveAvgPool2d(1)

    def flatten(self):
        self.shape = (math.prod(self.shape), 1, 1)
        return ChannelsLast(nn.Flatten())

    def dropout(self, keep, mask):
        c, height, width = self.shape
        if mask == "shared":
            return Times(self.own.mask((c,), keep)[:, None, None])
        return Times(self.own.mask((self.images * height * width, c), keep).reshape(self.images, height, width, c).permute(0, 3, 1, 2))

    def residual(self, branch, skip, branch_scale, skip_scale, survival):
        factor = branch_scale * (self.own.survival(survival) if survival < 1 else 1)
        before = self.shape
        branch, after = self.sequence(branch), self.shape
        self.shape = before
        skip, self.shape = self.sequence(skip), after
        return Residual(branch, skip, factor, skip_scale)


def propagate(network, noise, parameters, x, dx, look):
    """Calls look(number, signal, noise) for each place: the input, then every module in the order in which they finish."""
    builder = Builder(parameters, len(x), tuple(x.shape[1:]), noise == "mapping")
    net, outputs = builder.sequence(network["layers"]).to(DEVICE), []
    for module in builder.shown:
        module.register_forward_hook(lambda module, args, y: outputs.append(y))
    with ad.dual_level(), torch.no_grad():
        outputs.append(ad.make_dual(x.to(DEVICE), dx.to(DEVICE)))
        net(outputs[0])
        for number, y in enumerate(outputs):
            y = ad.unpack_dual(y)
            look(number, y.primal.cpu(), (torch.zeros_like(y.primal) if y.tangent is None else y.tangent).cpu())


def answer(request, network, noise, input, places, tensors, moments, output, seed=None, first=None, simulations=1):
    if set(network) != {"input", "layers"}:
        raise ValueError(f"expected input and layers in network, got {', '.join(network)}")
    rows = []

    def look(number, x, dx):
        if number not in places:
            return
        if tensors:
            rows[-1][f"signal_{number}"], rows[-1][f"noise_{number}"] = (t.movedim(1, -1).numpy().copy() for t in (x, dx))
        for name, value in measure(x, dx).items() if moments else ():
            rows[-1].setdefault(name, []).append(value)

    with np.load(input) as arrays:
        signal, noises = (torch.from_numpy(arrays[name]).float().movedim(-1, 2).contiguous() for name in ("signal", "noise"))
        for i in range(simulations):
            if request == "simulate":
                seed_generator(seed, first + i)
            rows.append({})
            propagate(network, noise, Given(arrays) if request == "propagate" else Drawn(), signal[i], noises[i], look)
    np.savez(output, **{name: np.stack([np.asarray(row[name]) for row in rows]) for name in rows[0]})
    return {}


def describe(request, protocol):
    layers = [name for name in vars(Builder) if not name.startswith("_") and name not in ("sequence", "module", "linear", "scaled", "windows")]
    return {"protocol": 2, "name": "wellbehaved_pytorch_layers", "version": torch.__version__, "dtype": "float32", "layers": layers,
            "functions": list(FUNCTIONS), "boundaries": ["periodic", "symmetric", "zero_padding"], "noises": ["mapping", "full"],
            "options": OPTIONS, "weights": ["normal", "uniform", "truncated_normal", "orthogonal"],
            "operations": ["propagate", "simulate"], "moments": list(measure(*torch.rand(2, 2, 1, 1, 1)))}


def main():
    for line in sys.stdin:
        message = json.loads(line)
        identity = message.pop("id")
        if message["request"] == "stop":
            break
        try:
            reply = {"status": "done", **(describe(**message) if message["request"] == "describe" else answer(**message))}
        except ValueError as exception:  # torch.nn's norms refuse features that have nothing to be compared with
            reason = str(exception)
            reply = {"status": "declined" if reason.startswith("Expected more than 1") else "error", "reason": reason}
        except Exception as exception:
            reply = {"status": "error", "reason": repr(exception)}
        print(json.dumps({"id": identity, **reply}), flush=True)


if __name__ == "__main__":
    main()
