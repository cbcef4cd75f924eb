"""What belongs to the mapping: the statistics of batch norm and the masks of dropout."""
from __future__ import annotations

import types

import torch
import torch.autograd.forward_ad as forward_ad
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

#: Modules that take a fused path in evaluation, which has no derivative; their dropout is switched off by other means.
_FUSED = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)


def set_modes(model: nn.Module, noise: str, batch_norm: str, dropout: bool) -> None:
    """Puts a model into the mode in which it is one random mapping.

    Batch norm normalises by the statistics of the batch; dropout and stochastic depth are off unless asked for. Whatever else differs between training and
    evaluation (auxiliary outputs, for example) is as in evaluation.
    """
    model.train(dropout)
    for module in model.modules():
        if isinstance(module, _BatchNorm) and batch_norm == "batch":
            module.forward = types.MethodType(_normalise_held if noise == "mapping" else _normalise, module)
        elif isinstance(module, _BatchNorm):
            module.training = False
        elif isinstance(module, _FUSED):
            module.training = True
            if isinstance(module, nn.MultiheadAttention) and not dropout:
                module.dropout = 0.0


def _normalise_held(module: _BatchNorm, x: torch.Tensor) -> torch.Tensor:
    return _normalised(module, x, forward_ad.unpack_dual(x).primal)


def _normalise(module: _BatchNorm, x: torch.Tensor) -> torch.Tensor:
    return _normalised(module, x, x)


def _normalised(module: _BatchNorm, x: torch.Tensor, statistics: torch.Tensor) -> torch.Tensor:
    """Normalises x by mean and variance of another tensor, which may be the same with or without its tangent. Running statistics stay as they are."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    mean = statistics.mean(axes, keepdim=True)
    factor = torch.rsqrt(((statistics - mean) ** 2).mean(axes, keepdim=True) + module.eps)
    if module.weight is None:
        return (x - mean) * factor
    shape = [-1 if axis == 1 else 1 for axis in range(x.ndim)]
    return (x - mean) * (factor * module.weight.view(shape)) + module.bias.view(shape)
