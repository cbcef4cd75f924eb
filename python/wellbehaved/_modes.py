"""What belongs to the mapping: the statistics of batch norm and the masks of dropout."""
from __future__ import annotations

import types
from typing import Callable, Dict

import torch
import torch.autograd.forward_ad as forward_ad
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

#: Modules that take a fused path in evaluation, which has no derivative; their dropout is switched off by other means.
_FUSED = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)


def set_modes(model: nn.Module, noise: str, batch_norm: str, dropout: bool, alone: Dict[str, None]) -> None:
    """Puts a model into the mode in which it is one random mapping.

    Batch norm normalises by the statistics of the batch; dropout and stochastic depth are off unless asked for. Whatever else differs between training and
    evaluation (auxiliary outputs, for example) is as in evaluation. As the model is called, names of batch norms with a single value in each channel are put
    into `alone`, in their order.
    """
    model.train(dropout)
    for name, module in model.named_modules():
        if isinstance(module, _BatchNorm) and batch_norm == "batch":
            module.forward = _forward(module, name, noise == "mapping", alone)
        elif isinstance(module, _BatchNorm):
            module.training = False
        elif isinstance(module, _FUSED):
            module.training = True
            if isinstance(module, nn.MultiheadAttention) and not dropout:
                module.dropout = 0.0


def _forward(module: _BatchNorm, name: str, is_held: bool, alone: Dict[str, None]) -> Callable[[torch.Tensor], torch.Tensor]:
    """How a batch norm is called: its statistics are held, or differentiated too."""

    def forward(module: _BatchNorm, x: torch.Tensor) -> torch.Tensor:
        if x.numel() == x.shape[1]:
            alone[name] = None
        return _normalised(module, x, forward_ad.unpack_dual(x).primal if is_held else x)

    return types.MethodType(forward, module)


def _normalised(module: _BatchNorm, x: torch.Tensor, statistics: torch.Tensor) -> torch.Tensor:
    """Normalises x by mean and variance of another tensor, which may be the same with or without its tangent. Running statistics stay as they are."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    mean = statistics.mean(axes, keepdim=True)
    factor = torch.rsqrt(((statistics - mean) ** 2).mean(axes, keepdim=True) + module.eps)
    if module.weight is None:
        return (x - mean) * factor
    shape = [-1 if axis == 1 else 1 for axis in range(x.ndim)]
    return (x - mean) * (factor * module.weight.view(shape)) + module.bias.view(shape)
