"""Exports networks of torchvision, and a small language model, as ONNX files; and runs them with PyTorch's forward-mode derivative.

    networks.py export NAME SIZE FILE.onnx [OPSET]
    networks.py forward NAME SIZE held|full SIGNAL.f32 NOISE.f32     (prints a line of moments for each leaf module)
"""
import math
import sys
import warnings

import numpy
import torch
import torchvision

warnings.filterwarnings("ignore")


# Modules that move values or nothing at all, and gates, whose product with a path is no module.
NO_PLACE = ("Dropout", "Identity", "Flatten", "Permute", "StochasticDepth", "Hardsigmoid", "Sigmoid")


class Attention(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = torch.nn.Linear(width, 3 * width)
        self.out = torch.nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        mask = torch.tril(torch.ones(length, length)) == 0
        scores = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).masked_fill(mask, float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width))


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention = torch.nn.LayerNorm(width), Attention(width, heads)
        self.norm2, self.up, self.down = torch.nn.LayerNorm(width), torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        h = self.up(self.norm2(x))
        h = 0.5 * h * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (h + 0.044715 * torch.pow(h, 3.0))))
        return x + self.down(h)


class Gpt(torch.nn.Module):
    def __init__(self, tokens=101, length=12, width=32, blocks=2):
        super().__init__()
        self.tokens, self.positions = torch.nn.Embedding(tokens, width), torch.nn.Embedding(length, width)
        self.blocks = torch.nn.ModuleList(Block(width, 4) for _ in range(blocks))
        self.norm = torch.nn.LayerNorm(width)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.t()


class Mirrored(torch.nn.Module):
    """What torchvision's classifiers lack: transposed convolutions, enlargement, group and instance norms, gates, einsum."""

    def __init__(self):
        super().__init__()
        self.down = torch.nn.Conv2d(3, 12, 3, stride=2, padding=1)
        self.group, self.instance = torch.nn.GroupNorm(3, 12), torch.nn.InstanceNorm2d(8, affine=True)
        self.up = torch.nn.ConvTranspose2d(12, 8, 2, stride=2)
        self.mix = torch.nn.Parameter(torch.randn(8, 6) / 3)
        self.act = torch.nn.ModuleList([torch.nn.SiLU(), torch.nn.Mish(), torch.nn.ELU(), torch.nn.PReLU()])

    def forward(self, x):
        x = self.act[0](self.group(self.down(x)))
        x = self.act[1](self.instance(self.up(x)))
        x = torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = torch.einsum("nchw,cd->ndhw", x, self.mix)
        return self.act[3](torch.nn.functional.pad(self.act[2](x), (1, 1, 0, 0), mode="reflect"))


def swin_small():
    """Two stages of two blocks: windows as they are, windows that are shifted, and patches that are merged between the stages."""
    return torchvision.models.SwinTransformer([4, 4], 24, depths=[2, 2], num_heads=[2, 4], window_size=[4, 4])


OURS = {"gpt": Gpt, "mirrored": Mirrored, "swin_small": swin_small}


def make(name):
    torch.manual_seed(0)
    network = OURS[name]() if name in OURS else getattr(torchvision.models, name)(weights=None)
    return network.eval()


def export(name, size, path, opset=14):
    images = torch.randint(0, 100, (2, size)) if name == "gpt" else torch.randn(2, 3, size, size)
    preserve = torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(make(name), images, path, opset_version=opset, training=preserve, do_constant_folding=False, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}})


def hold_statistics(module, inputs):
    """The batch's mean and variance, as numbers that nothing is differentiated by."""
    primal = torch.autograd.forward_ad.unpack_dual(inputs[0]).primal
    module.running_mean = primal.mean((0, 2, 3))
    module.running_var = primal.var((0, 2, 3), unbiased=False)


def forward(name, size, statistics, signal, noise):
    network = make(name).double()
    shape = (-1, 3, size, size)
    x, dx = (torch.from_numpy(numpy.fromfile(path, numpy.float32).astype(float)).reshape(shape) for path in (signal, noise))
    with torch.no_grad(), torch.autograd.forward_ad.dual_level():
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.train(statistics == "full")
                if statistics == "held":
                    module.register_forward_pre_hook(hold_statistics)
            if not list(module.children()) and type(module).__name__ not in NO_PLACE:
                module.register_forward_hook(print_moments)
        network(torch.autograd.forward_ad.make_dual(x, dx))


def print_moments(module, inputs, output):
    value, tangent = torch.autograd.forward_ad.unpack_dual(output)
    print(type(module).__name__, repr(value.square().mean().item()), repr(tangent.square().mean().item()))


if __name__ == "__main__":
    if sys.argv[1] == "export":
        export(sys.argv[2], int(sys.argv[3]), sys.argv[4], *(int(opset) for opset in sys.argv[5:6]))
    else:
        forward(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
