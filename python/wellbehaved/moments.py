"""Moments of a signal and its noise, from NumPy arrays."""
from __future__ import annotations

import math
from typing import Dict

import numpy as np

#: What result files write for the logarithm of zero: that of the least positive double.
LOG_OF_ZERO = math.log(5e-324)

#: What result files write where an effective rank was not computed, or where nothing varies.
NOT_COMPUTED = -1.0

#: All moments, by their names in result files and in the audit protocol.
NAMES = ("nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal", "mu2_noise", "chi",
         "log_nu2_signal", "log_mu2_signal", "log_mu2_noise", "log_chi", "reff_signal", "reff_noise")

#: Moments that do not exist over a single point, where nothing varies.
NEED_VARIANCE = ("chi", "log_chi", "log_mu2_signal")


def measure(signal: np.ndarray, noise: np.ndarray, mu2_input: float = 1.0) -> Dict[str, float]:
    """Measures a signal and its noise.

    Parameters
    ----------
    signal, noise : array
        Of equal shape, channels last; all other axes count as points (images, positions).
    mu2_input : float
        Variance of the network's input signal, to which chi is relative when the noise at the input has variance 1; 1 for the chi of the audit protocol.

    Returns
    -------
    dict
        The moments `NAMES`, in double precision. A zero signal has logarithms of minus infinity and ranks that are not a number.
    """
    x = np.asarray(signal, np.float64).reshape(-1, signal.shape[-1])
    dx = np.asarray(noise, np.float64).reshape(-1, noise.shape[-1])
    centred = x - x.mean(axis=0)
    with np.errstate(all="ignore"):
        nu2, mu2, noise2 = np.mean(x ** 2), np.mean(centred ** 2), np.mean(dx ** 2)
        chi = np.sqrt(noise2 / mu2 * mu2_input)
        return {
            "nu1_abs_signal": float(np.mean(np.abs(x))), "nu2_signal": float(nu2), "mu2_signal": float(mu2), "mu4_signal": float(np.mean(centred ** 4)),
            "mu2_noise": float(noise2), "chi": float(chi),
            "log_nu2_signal": float(np.log(nu2)), "log_mu2_signal": float(np.log(mu2)), "log_mu2_noise": float(np.log(noise2)), "log_chi": float(np.log(chi)),
            "reff_signal": effective_rank(x), "reff_noise": effective_rank(dx),
        }


def effective_rank(points: np.ndarray) -> float:
    """Number of directions in which points vary: trace of their covariance over its largest eigenvalue.

    Parameters
    ----------
    points : array
        Channels last; all other axes count as points.

    Returns
    -------
    float
        From 1 to min(channels, points - 1); not a number where nothing varies.
    """
    x = np.asarray(points, np.float64).reshape(-1, points.shape[-1])
    x = x - x.mean(axis=0)
    gram = x @ x.T if x.shape[0] < x.shape[1] else x.T @ x
    spectrum = np.linalg.eigvalsh(gram) if np.all(np.isfinite(gram)) else np.array([math.nan])
    with np.errstate(all="ignore"):
        return float(1 + max(0.0, np.sum(spectrum[:-1])) / spectrum[-1]) if spectrum[-1] > 0 else math.nan
