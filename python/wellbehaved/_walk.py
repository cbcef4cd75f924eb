"""Follows signal and noise through the modules of a model, by hooks."""
from __future__ import annotations

import collections
import weakref
from typing import Callable, Dict, FrozenSet, Iterator, List, Optional, Tuple, Type, Union

import torch
import torch.autograd.forward_ad as forward_ad
from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.lazy import LazyModuleMixin
from torch.utils.hooks import RemovableHandle

from . import _tensors
from .moments import NOT_COMPUTED

Units = Union[None, Type[nn.Module], Tuple[Type[nn.Module], ...], Callable[[str, nn.Module], bool]]
Channels = Optional[Callable[[str, nn.Module, torch.Tensor], Optional[int]]]

_CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
_CHANNELS_FIRST = {"conv", "batchnorm", "instancenorm", "pooling", "padding", "pixelshuffle", "upsampling", "channelshuffle", "fold"}
_CHANNELS_LAST = {"linear", "sparse", "rnn", "transformer"}
_NO_ACTIVATIONS = (nn.MultiheadAttention, nn.Softmax, nn.LogSoftmax, nn.Softmin, nn.Softmax2d)


def units_of(model: nn.Module, units: Units) -> FrozenSet[nn.Module]:
    """The modules that count as one depth each: as asked for, or else the outermost modules with children whose class occurs at least twice.

    Containers (`nn.Sequential`, `nn.ModuleList`, `nn.ModuleDict`) are none. Where there is no such class, layers with weights count, and the set is empty.
    """
    if units is not None:
        is_unit = units if not isinstance(units, (type, tuple)) else lambda name, module: isinstance(module, units)
        found = frozenset(module for name, module in model.named_modules() if name and is_unit(name, module))
        if not found:
            raise ValueError(f"units: expected to choose at least one module of {type(model).__name__}, chose none")
        return found
    counts = collections.Counter(type(module) for module in model.modules())
    chosen: List[nn.Module] = []

    def is_chain_of_blocks(module: nn.Module) -> bool:
        """Such as a stage of a residual net: its blocks are the units."""
        return type(module).forward is nn.Sequential.forward and all(
            next(child.children(), None) is not None and counts[type(child)] > 1 for child in module.children())

    def visit(module: nn.Module) -> None:
        for child in module.children():
            is_block = next(child.children(), None) is not None and type(child) not in _CONTAINERS and not isinstance(child, nn.MultiheadAttention)
            if is_block and counts[type(child)] > 1 and not is_chain_of_blocks(child):
                chosen.append(child)
            else:
                visit(child)

    visit(model)
    return frozenset(chosen)


class Walk:
    """The places of one simulation: moments after each call of a module that noise reaches."""

    def __init__(self, model: nn.Module, units: FrozenSet[nn.Module], ranks: str, channels: Channels) -> None:
        self.names: List[str] = []
        self.depths: List[int] = []
        self.ends: List[bool] = []
        self.rows: List[Dict[str, float]] = []
        self.axes: List[int] = []
        self.channels: List[int] = []
        self.points: List[int] = []
        self.path: List[str] = []
        self.mu2_input: Optional[float] = None
        self._units, self._channels, self._ranks = units, channels, ranks
        self._activations = ranks == "auto" and any(_is_activation(module) for module in model.modules())
        self._everywhere = ranks == "all" or (ranks == "auto" and not units and not self._activations)
        self._after_activation: List[bool] = []
        self._calls: Dict[str, int] = collections.Counter()
        self._axis_of_shape: Dict[Tuple[int, ...], int] = {}
        self._depth, self._number, self._inside, self._seen_weights = 0, 0, 0, False
        self._last: Optional["weakref.ReferenceType[torch.Tensor]"] = None
        self._last_version = -1
        self._embedding_noise: Optional[Callable[[torch.Tensor], torch.Tensor]] = None
        self._tokens: List[torch.Tensor] = []
        self._handles = [handle for name, module in model.named_modules() for handle in self._hook(name, module)]

    def expect_tokens(self, tokens: List[torch.Tensor], noise: Callable[[torch.Tensor], torch.Tensor]) -> None:
        """Lets the noise enter after the embedding of whole numbers, which have no derivative."""
        self._tokens, self._embedding_noise = tokens, noise

    def begin(self, signal: torch.Tensor, noise: torch.Tensor) -> None:
        """Records the input; signals of other channels than the last axis of 2 or 3, or the second of more axes, need `channels`."""
        axis = self._axis("input", nn.Module(), signal, None)
        self.mu2_input = _tensors.variance(signal, axis)
        self._record("input", signal, noise, axis, ranks=self._everywhere, activation=False)

    def close(self) -> None:
        """Takes the hooks away and lets go of the model."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._units, self._tokens, self._last = [], frozenset(), [], None

    def counts_units(self) -> bool:
        """Whether depths count units; otherwise they count layers with weights."""
        return any(self.ends)

    def sequence(self) -> List[bool]:
        """Which places form the sequence of depths: the ends of units, or else after the last activation of each layer with weights, or else its last place."""
        if self.counts_units():
            return self.ends
        has_activations = any(flag and depth > 0 for flag, depth in zip(self._after_activation, self.depths))
        candidates = self._after_activation if has_activations else [True] * len(self.depths)
        last = {depth: i for i, depth in enumerate(self.depths) if candidates[i] and depth > 0}
        return [last.get(depth) == i for i, depth in enumerate(self.depths)]

    def _hook(self, name: str, module: nn.Module) -> Iterator[RemovableHandle]:
        is_unit = module in self._units
        is_leaf = next(module.children(), None) is None or isinstance(module, nn.MultiheadAttention)
        has_weights = is_leaf and _has_weights(module)

        def before(module: nn.Module, inputs: object) -> None:
            self.path.append(name)
            if is_unit:
                if self._inside == 0:
                    self._go_deeper()
                self._inside += 1

        def after(module: nn.Module, inputs: object, output: object) -> object:
            self.path.pop()
            self._inside -= is_unit
            shown, replaced = _tensors.first_of(output), None
            if shown is None:
                return None
            signal, tangent = forward_ad.unpack_dual(shown)
            if tangent is None:
                if not self._is_embedding(module, inputs):
                    return None
                tangent = self._embedding_noise(signal)
                shown = replaced = forward_ad.make_dual(signal, tangent)
                if self.mu2_input is None:
                    self.mu2_input = _tensors.variance(signal, signal.ndim - 1)
            elif has_weights and self._inside == 0:
                if self._seen_weights or not self._units:
                    self._go_deeper()
            self._seen_weights |= has_weights
            is_new = self._last is None or self._last() is not shown or self._last_version != shown._version
            ends_unit = is_unit and self._inside == 0
            activation = is_leaf and _is_activation(module)
            ranks = self._everywhere or (self._ranks == "auto" and (activation or ends_unit))
            if is_leaf or is_new:
                axis = self._axis(name, module, signal, _tensors.first_of(inputs))
                self._record(self._label(name, module), signal, tangent, axis, ranks, activation)
            elif ranks and self.rows[-1]["reff_signal"] == NOT_COMPUTED:
                self.rows[-1] = _tensors.measure(signal, tangent, self.axes[-1], self.mu2_input, ranks=True)
            self.ends[-1] |= ends_unit
            self._last, self._last_version = weakref.ref(shown), shown._version
            return replaced

        yield module.register_forward_pre_hook(before)
        yield module.register_forward_hook(after)

    def _go_deeper(self) -> None:
        self._depth, self._number = self._depth + 1, 0

    def _is_embedding(self, module: nn.Module, inputs: object) -> bool:
        return isinstance(module, (nn.Embedding, nn.EmbeddingBag)) and any(
            isinstance(taken, torch.Tensor) and taken.data_ptr() == given.data_ptr() for taken in inputs for given in self._tokens)

    def _label(self, name: str, module: nn.Module) -> str:
        self._calls[name] += 1
        call = f" call {self._calls[name]}" if self._calls[name] > 1 else ""
        return f"{name or 'output'}{call} ({type(module).__name__})"

    def _record(self, label: str, signal: torch.Tensor, noise: torch.Tensor, axis: int, ranks: bool, activation: bool) -> None:
        self.names.append(f"{self._depth}.{self._number} {label}")
        self._number += 1
        self.depths.append(self._depth)
        self.ends.append(False)
        self.axes.append(axis)
        self.channels.append(signal.shape[axis])
        self.points.append(signal.numel() // signal.shape[axis])
        self._after_activation.append(activation)
        self._axis_of_shape[tuple(signal.shape)] = axis
        self.rows.append(_tensors.measure(signal, noise, axis, self.mu2_input, ranks))

    def _axis(self, name: str, module: nn.Module, signal: torch.Tensor, taken: Optional[torch.Tensor]) -> int:
        """The axis of the channels: as asked for, as the module has it, as a permuted input has it, as the last tensor of this shape, or as is usual."""
        chosen = None if self._channels is None else self._channels(name, module, signal)
        if chosen is not None:
            if not -signal.ndim <= chosen < signal.ndim:
                raise ValueError(f"channels: expected an axis of the {signal.ndim} after {name}, got {chosen}")
            return chosen % signal.ndim
        if signal.ndim < 3:
            return signal.ndim - 1
        known = self._axis_of_shape.get(tuple(signal.shape), 1 if signal.ndim > 3 else 2)
        for base in [] if isinstance(module, nn.Identity) else type(module).__mro__:
            if base.__module__.startswith("torch.nn.modules."):
                kind = base.__module__.rsplit(".", 1)[1]
                if kind in _CHANNELS_FIRST or base in (nn.GroupNorm, nn.LocalResponseNorm):
                    return 1
                if kind in _CHANNELS_LAST or isinstance(module, nn.MultiheadAttention) or (base is nn.LayerNorm and (type(module) is base or signal.ndim == 3)):
                    return signal.ndim - 1
                break
        if taken is not None and taken.data_ptr() == signal.data_ptr() and taken.ndim == signal.ndim:
            before = self._axis_of_shape.get(tuple(taken.shape))
            if before is not None:
                channels = taken.shape[before], taken.stride(before)
                moved = [axis for axis in range(signal.ndim) if (signal.shape[axis], signal.stride(axis)) == channels]
                return moved[0] if len(moved) == 1 else known
        return known


def _has_weights(module: nn.Module) -> bool:
    if isinstance(module, LazyModuleMixin):
        return not isinstance(module, _NormBase)  # whose sizes are not known yet
    return any(parameter.ndim > 1 for parameter in module.parameters())


def _is_activation(module: nn.Module) -> bool:
    return any(base.__module__ == "torch.nn.modules.activation" for base in type(module).__mro__) and not isinstance(module, _NO_ACTIVATIONS)
