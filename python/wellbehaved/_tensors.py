"""Moments of a signal and its noise, from PyTorch tensors, where these are."""
from __future__ import annotations

import math
from typing import Dict, Optional

import torch

from .moments import LOG_OF_ZERO, NOT_COMPUTED


def points(tensor: torch.Tensor, axis: int) -> torch.Tensor:
    """A tensor in double precision as points times channels."""
    if tensor.device.type == "mps":
        tensor = tensor.cpu()  # which has no double precision
    return tensor.movedim(axis, -1).reshape(-1, tensor.shape[axis]).double()


def variance(tensor: torch.Tensor, axis: int) -> float:
    """Mean over the channels of the variance over the points."""
    x = points(tensor, axis)
    return float(((x - x.mean(0)) ** 2).mean())


def measure(signal: torch.Tensor, noise: torch.Tensor, axis: int, mu2_input: float, ranks: bool) -> Dict[str, float]:
    """Moments as result files have them: logarithms of zero are -744.4, ranks that do not exist -1, and what does not exist over a single point is NaN."""
    x, dx = points(signal, axis), points(noise, axis)
    nu1, nu2, noise2 = float(x.abs().mean()), float((x ** 2).mean()), float((dx ** 2).mean())
    centred = x - x.mean(0)
    squares = centred ** 2
    mu2, mu4 = float(squares.mean()), float((squares ** 2).mean())
    varies = x.shape[0] > 1
    log_mu2, log_noise = _log(mu2), _log(noise2)
    has_chi = mu2 != 0 and noise2 != 0 and mu2_input != 0
    log_chi = 0.5 * (log_noise - log_mu2 + math.log(mu2_input)) if has_chi else LOG_OF_ZERO
    return {
        "nu1_abs_signal": nu1, "nu2_signal": nu2, "mu2_signal": mu2, "mu4_signal": mu4, "mu2_noise": noise2,
        "reff_signal": effective_rank(centred) if ranks and varies else NOT_COMPUTED,
        "reff_noise": effective_rank(dx - dx.mean(0)) if ranks and varies else NOT_COMPUTED,
        "chi": math.nan if not varies else math.sqrt(noise2 / mu2 * mu2_input) if has_chi else 0.0 if not math.isnan(mu2 * noise2) else math.nan,
        "log_nu2_signal": _log(nu2), "log_mu2_signal": log_mu2 if varies else math.nan, "log_mu2_noise": log_noise, "log_chi": log_chi if varies else math.nan,
    }


def effective_rank(centred: torch.Tensor) -> float:
    """Trace of the covariance over its largest eigenvalue, from the smaller of both Gram matrices; -1 where nothing varies."""
    gram = centred @ centred.T if centred.shape[0] < centred.shape[1] else centred.T @ centred
    if not bool(torch.isfinite(gram).all()):
        return math.nan
    spectrum = torch.linalg.eigvalsh(gram)
    largest = float(spectrum[-1])
    return 1 + max(0.0, float(spectrum[:-1].sum())) / largest if largest > 0 else NOT_COMPUTED


def first_of(value: object) -> Optional[torch.Tensor]:
    """The first tensor of floating numbers in what a module takes or returns: a tensor, or tuples, lists, dictionaries and objects that hold some."""
    if isinstance(value, torch.Tensor):
        return value if value.is_floating_point() else None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else getattr(value, "__dict__", {}).values()
    for part in parts:
        found = first_of(part) if isinstance(part, (torch.Tensor, dict, tuple, list)) else None
        if found is not None:
            return found
    return None


def _log(value: float) -> float:
    return LOG_OF_ZERO if value == 0 else math.log(value) if value > 0 else math.nan
