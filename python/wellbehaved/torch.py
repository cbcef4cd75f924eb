"""Records how signal and noise propagate through any PyTorch module with random weights."""
from __future__ import annotations

import contextlib
import copy
import json
import math
import numbers
import os
import pathlib
import random
import sys
import warnings
import weakref
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
import torch
import torch.autograd.forward_ad as forward_ad
from torch import nn

from . import _files, _modes, _tensors, _walk
from .moments import NAMES, NEED_VARIANCE

__all__ = ["record"]

Batch = Union[torch.Tensor, Sequence[torch.Tensor], Mapping[str, torch.Tensor]]
#: Purposes of random numbers, so that weights, noise and masks of a simulation are independent.
_WEIGHTS, _NOISE, _MASKS = range(3)


def record(
    make_model: Union[Callable[[], nn.Module], nn.Module],
    batch: Union[Batch, Callable[[int], Batch]],
    simulations: int = 24,
    out: _files.Source = "mine.npz",
    *,
    noise: str = "mapping",
    seed: int = 0,
    dtype: Optional[torch.dtype] = None,
    device: Union[None, str, torch.device] = None,
    batch_norm: str = "batch",
    dropout: bool = False,
    input_noise: Optional[Batch] = None,
    units: _walk.Units = None,
    channels: _walk.Channels = None,
    ranks: str = "auto",
    name: Optional[str] = None,
    overwrite: bool = False,
) -> pathlib.Path:
    """Sends a batch and a small noise through random models, and writes the moments of both after every module.

    The noise is the derivative of the model along a standard normal direction, by forward-mode differentiation: exact, and no small number is chosen.
    Moments are taken as the modules are called; no activation is kept.

    Parameters
    ----------
    make_model : callable
        Makes a model with fresh weights, such as `lambda: MyNet(width=64)`. It is called once for each simulation, with PyTorch's, NumPy's and Python's
        random numbers seeded. A model itself is taken as it is, with its weights, for `simulations=1`.
    batch : tensor, sequence or dictionary of tensors, or callable
        What the model is called with: one tensor, several in their order or by their names, or a function that gives those of a simulation by its index.
        Whole numbers (token ids) have no derivative: the noise enters after the embedding that reads them.
    simulations : int
        Number of models; each has weights and noise of its own. 24 are enough for a verdict at 95 %, 26 that agree the least for one at one in a million.
    out : str or path
        The result file (`.npz`) to write, in the neutral layout of docs/file-formats.md.
    noise : {'mapping', 'full'}
        Whether the statistics that batch norm takes from the batch belong to the mapping and are held (the default), or are differentiated too.
        Batch norm means `torch.nn.BatchNorm…` and what derives from it.
    seed : int
        The same seed gives the same file on the same machine.
    dtype : torch.dtype, optional
        Precision of weights and tensors, such as `torch.float64`; the model's own if left out. Moments are always taken in double precision.
    device : str or torch.device, optional
        Where models run; where `make_model` puts them if left out.
    batch_norm : {'batch', 'stored'}
        Whether batch norm takes its statistics from the batch, as in training, or the stored ones of a trained model.
    dropout : bool
        Whether dropout and stochastic depth draw a mask, which then belongs to the mapping; off if left out.
    input_noise : tensor, or sequence or dictionary of tensors, optional
        The noise at the inputs of floating numbers, instead of standard normal numbers.
    units : class, tuple of classes, or callable, optional
        The modules that count as one depth each, by class or as `units(name, module)`. If left out: the outermost modules with children whose class occurs at
        least twice; without any, layers with weights count.
    channels : callable, optional
        Axis of the channels, as `channels(name, module, tensor)`, or None for the usual one: the second for convolutions and images, the last for
        `nn.Linear`, `nn.LayerNorm` and sequences. All other axes count as points.
    ranks : {'auto', 'all', 'none'}
        Where effective ranks are computed: after activations and at the ends of units, after all modules, or nowhere.
    name : str, optional
        What figures call the network; the class of the model if left out.
    overwrite : bool
        Whether a file may be replaced.

    Returns
    -------
    pathlib.Path
        The result file.

    Raises
    ------
    FileExistsError
        There is such a file, and `overwrite` is not given.
    TypeError, ValueError
        An argument is not as described above; nothing is written.
    RuntimeError
        PyTorch has no derivative of an operation that the model uses, the message names the module; or `torch.inference_mode` is on.

    Notes
    -----
    After a module that returns several tensors, the first is looked at: the sequence of an `nn.LSTM`, the output of an `nn.MultiheadAttention`. A module
    that is called several times has a place for each call. A sum such as `x + self.branch(x)` is seen where the module that makes it returns it.
    What noise does not reach (position embeddings, masks) is no place. Modules that TorchScript compiled show nothing of what is in them, and are refused.
    A batch norm that a model calls as a function, `torch.nn.functional.batch_norm`, is none of the modules that `noise` and `batch_norm` speak of: it takes the
    stored statistics unless it is called with `training=True`, and what it takes from the batch is differentiated.

    Examples
    --------
    >>> import torch, wellbehaved
    >>> def make_model():
    ...     return torch.nn.Sequential(*[torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU()) for _ in range(20)])
    >>> path = wellbehaved.torch.record(make_model, torch.randn(32, 64), out="mlp.npz")
    >>> print(wellbehaved.diagnose(path))  # doctest: +SKIP
    """
    path = pathlib.Path(os.fspath(out))
    _require(noise in ("mapping", "full"), "noise", "'mapping' or 'full'", noise)
    _require(batch_norm in ("batch", "stored"), "batch_norm", "'batch' or 'stored'", batch_norm)
    _require(ranks in ("auto", "all", "none"), "ranks", "'auto', 'all' or 'none'", ranks)
    _require(_is_whole(simulations) and simulations > 0, "simulations", "a positive whole number", simulations)
    _require(_is_whole(seed) and seed >= 0, "seed", "a whole number of at least 0", seed)
    simulations, seed = int(simulations), int(seed)
    _require(dtype is None or dtype.is_floating_point, "dtype", "a floating point type, such as torch.float64", dtype)
    _require(path.suffix == ".npz", "out", "a file name that ends in .npz", str(path))
    if isinstance(make_model, nn.Module):
        if simulations != 1:
            raise TypeError(
                "make_model: expected a function that makes a model with fresh weights, such as lambda: MyNet(width=64); "
                "a model itself has the same weights each time, and goes with simulations=1")
    elif not callable(make_model):
        raise TypeError(f"make_model: expected a function that makes a model with fresh weights, got {type(make_model).__name__}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"out: expected an existing folder for {path}")
    if path.exists() and not overwrite:
        raise FileExistsError(f"out: expected no file at {path}; overwrite=True replaces one")

    if torch.is_inference_mode_enabled():
        raise RuntimeError("record: expected to be called outside of torch.inference_mode(), within which PyTorch carries no derivative; torch.no_grad() is no obstacle")
    walks: List[_walk.Walk] = []
    made: Callable[[], Optional[nn.Module]] = lambda: None
    checksum: Optional[List[float]] = None
    images = 0
    alone: Dict[str, None] = {}
    with _kept_random_states():
        for simulation in range(simulations):
            model = _model(make_model, _seed(seed, simulation, _WEIGHTS))
            if model is made():
                raise ValueError("make_model: expected a new model in each simulation, got the same one again: its weights are not drawn anew")
            made = weakref.ref(model)
            model = model.to(device=device, dtype=dtype)
            _refuse_scripts(model)
            _modes.set_modes(model, noise, batch_norm, dropout, alone)
            given = batch(simulation) if callable(batch) and not isinstance(batch, torch.Tensor) else batch
            walk = _walk.Walk(model, _walk.units_of(model, units), ranks, channels)
            images = _propagate(model, walk, given, input_noise, simulation, seed)
            if simulation == 0 and images == 1:
                warnings.warn(
                    "batch: a single row; nothing varies between inputs then, and directions of variance and the signal-to-noise ratio are those between its positions, "
                    "or do not exist where there is one position; give several rows", stacklevel=2)
            if walks and walk.names != walks[0].names:
                raise ValueError(
                    f"make_model: expected the same modules in each simulation, but the places of simulation {simulation} are others than those of the first")
            if simulation < 2:
                other, checksum = checksum, [float(parameter.double().sum()) for parameter in model.parameters()]
                if checksum and other == checksum:
                    warnings.warn(
                        "all models have the same weights: the mappings differ in their noise only; make_model should draw weights anew", stacklevel=2)
            walks.append(walk)
            name = name or type(model).__name__
            del model  # before the next is made
            if sys.stderr.isatty():
                print(f"\r{simulation + 1} of {simulations} simulations", end="" if simulation + 1 < simulations else "\n", file=sys.stderr, flush=True)

    _warn_of_numbers(walks)
    if alone:
        warnings.warn(
            f"the batch norm '{next(iter(alone))}' takes its statistics from one value in each channel: it gives its shift, whatever comes in; take a larger batch",
            stacklevel=2)
    _files.save(path, _arrays(walks, name or "", noise, seed, images, simulations))
    return path


def _propagate(model: nn.Module, walk: _walk.Walk, batch: Batch, input_noise: Optional[Batch], simulation: int, seed: int) -> int:
    """Sends signal and noise through one mapping, and gives the number of images in its batch."""
    first = next((tensor for tensor in (*model.parameters(), *model.buffers()) if tensor.is_floating_point()), torch.zeros(()))
    inputs = [tensor.detach().to(first.device, first.dtype if tensor.is_floating_point() else None) for tensor in _tensors_of(batch, "batch")]
    floats = [i for i, tensor in enumerate(inputs) if tensor.is_floating_point()]
    given = None if input_noise is None else list(_tensors_of(input_noise, "input_noise"))
    if given is not None and [tensor.shape for tensor in given] != [inputs[i].shape for i in floats]:
        shapes = [tuple(inputs[i].shape) for i in floats]
        raise ValueError(f"input_noise: expected the shapes of the inputs, {shapes}, got {[tuple(tensor.shape) for tensor in given]}")

    if not inputs:
        raise ValueError("batch: expected at least one tensor, got none")
    generator = torch.Generator().manual_seed(_seed(seed, simulation, _NOISE))

    def normal(like: torch.Tensor) -> torch.Tensor:
        return torch.randn(like.shape, generator=generator, dtype=torch.float64).to(like.device, like.dtype)

    try:
        with torch.no_grad(), forward_ad.dual_level():
            for at, i in enumerate(floats):
                tangent = normal(inputs[i]) if given is None else given[at].to(inputs[i])
                if at == 0:
                    walk.begin(inputs[i], tangent)
                inputs[i] = forward_ad.make_dual(inputs[i].clone(), tangent)
            if not floats:
                walk.expect_tokens(inputs, normal)
            _seed_all(_seed(seed, simulation, _MASKS))
            output = _tensors.first_of(_call(model, inputs, list(batch) if isinstance(batch, Mapping) else None, walk))
            if walk.mu2_input is None:
                raise ValueError("batch: expected numbers that noise can be added to, or token ids that an nn.Embedding of the model reads; found neither")
            if output is not None and forward_ad.unpack_dual(output).tangent is None:
                warnings.warn(f"the noise does not reach the output of the model: it ends after {walk.names[-1]} (detach, argmax, rounding?)", stacklevel=3)
    finally:
        walk.close()
    if max(walk.depths) == 0:
        raise ValueError(f"make_model: expected at least one layer or unit after the first, found {', '.join(walk.names) or 'no module that noise reaches'}")
    return inputs[0].shape[0] if inputs[0].ndim else 1


def _call(model: nn.Module, inputs: List[torch.Tensor], names: Optional[List[str]], walk: _walk.Walk) -> object:
    try:
        return model(*inputs) if names is None else model(**dict(zip(names, inputs)))
    except (RuntimeError, NotImplementedError) as error:
        said = str(error).replace("-", " ")
        if not any(words in said for words in ("forward AD", "forward mode AD", "jvp function")):
            raise
        where = f"in '{walk.path[-1]}'" if walk.path and walk.path[-1] else "in the model itself"
        raise RuntimeError(f"PyTorch {torch.__version__} has no forward-mode derivative of an operation {where}: {str(error).splitlines()[0]}") from error


def _model(make_model: Union[Callable[[], nn.Module], nn.Module], seed: int) -> nn.Module:
    if isinstance(make_model, nn.Module):
        return copy.deepcopy(make_model)
    _seed_all(seed)
    model = make_model()
    if not isinstance(model, nn.Module):
        raise TypeError(f"make_model: expected a function that returns a torch.nn.Module, it returned {type(model).__name__}")
    return model


def _refuse_scripts(model: nn.Module) -> None:
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            where = f"'{name}'" if name else "the model itself"
            raise TypeError(f"make_model: expected modules of Python, got {where} from TorchScript, which shows nothing of what is in it; record the module that was compiled")


def _tensors_of(given: Batch, argument: str) -> Iterator[torch.Tensor]:
    if not isinstance(given, (torch.Tensor, np.ndarray, Mapping, Sequence)):
        raise TypeError(f"{argument}: expected a tensor, or several in a list or dictionary, got {type(given).__name__}")
    parts = (given,) if isinstance(given, (torch.Tensor, np.ndarray)) else given.values() if isinstance(given, Mapping) else given
    for tensor in parts:
        if isinstance(tensor, np.ndarray):
            tensor = torch.from_numpy(tensor)
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(f"{argument}: expected tensors, got {type(tensor).__name__}")
        if tensor.numel() == 0:
            raise ValueError(f"{argument}: expected tensors with elements, got one of shape {tuple(tensor.shape)}")
        yield tensor


def _arrays(walks: List[_walk.Walk], name: str, noise: str, seed: int, images: int, simulations: int) -> Dict[str, np.ndarray]:
    first = walks[0]
    told = {"network": name, "noise": noise, "batch_size": images, "num_sims": simulations, "seed": seed}
    arrays = {
        "depth": np.array(first.depths, np.int64), "place": np.array(first.names), "end_of_unit": np.array(first.sequence(), np.int64),
        "depth_counts": np.array("units" if first.counts_units() else "layers"),
        "channel_axis": np.array(first.axes, np.int64), "channels": np.array(first.channels, np.int64), "points": np.array(first.points, np.int64),
        "configuration": np.array(json.dumps(told)),
        "made_by": np.array(f"wellbehaved for Python {_version()}, PyTorch {torch.__version__}"),
        "mu2_signal_input": np.array([walk.mu2_input for walk in walks]),
    }
    for moment in NAMES:
        values = np.array([[row[moment] for row in walk.rows] for walk in walks])
        exists = np.ones(len(first.rows), bool) if moment not in NEED_VARIANCE else ~np.isnan([row["log_mu2_signal"] for row in first.rows])
        if f"log_{moment}" in NAMES and np.isinf(values[:, exists]).any():
            continue  # beyond double precision: the logarithm tells it
        if not moment.startswith("reff_") or (values != -1).any():
            arrays[moment] = values
    return arrays


def _warn_of_numbers(walks: List[_walk.Walk]) -> None:
    for simulation, walk in enumerate(walks):
        for place, row in zip(walk.names, walk.rows):
            if not math.isfinite(row["nu2_signal"]) or not math.isfinite(row["mu2_noise"]):
                warnings.warn(f"simulation {simulation} has numbers that are not finite, first after {place}", stacklevel=3)
                return


def _version() -> str:
    from . import __version__

    return __version__


def _seed(*words: int) -> int:
    """Mixes seed, simulation and purpose into 63 bits."""
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0]) >> 1


def _seed_all(seed: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed % 2 ** 32)
    random.seed(seed)


@contextlib.contextmanager
def _kept_random_states() -> Iterator[None]:
    """Leaves the random numbers of the caller as they were."""
    kept = np.random.get_state(), random.getstate()
    with torch.random.fork_rng():
        try:
            yield
        finally:
            np.random.set_state(kept[0])
            random.setstate(kept[1])


def _is_whole(value: object) -> bool:
    """Whether it is a whole number, of Python's or of NumPy's; True and False are none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _require(holds: bool, argument: str, expected: str, got: object) -> None:
    if not holds:
        raise ValueError(f"{argument}: expected {expected}, got {got!r}")
