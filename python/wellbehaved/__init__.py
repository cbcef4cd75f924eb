"""Will this network train, and will it generalise?

`wellbehaved.torch.record` sends a batch and a small noise through a PyTorch module with random weights and keeps what becomes of both,
`read` shows the numbers as a table, `diagnose` and `plot` call the command `wellbehaved`, and `subject.serve` puts an implementation of
your own to the audit. Only NumPy is needed; PyTorch and pandas are imported by what uses them.
"""
from __future__ import annotations

import importlib
from types import ModuleType

from ._command import CommandNotFound, Diagnosis, diagnose, plot
from ._files import read

__version__ = "1.0.0"
__all__ = ["CommandNotFound", "Diagnosis", "diagnose", "moments", "plot", "read", "subject", "torch"]

_MODULES = ("moments", "subject", "torch")


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
