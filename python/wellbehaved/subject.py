"""Puts an implementation of your own to the audit: the protocol of docs/audit-protocol.md, taken off your program."""
from __future__ import annotations

import contextlib
import json
import sys
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, TextIO, Tuple

import numpy as np

__all__ = ["ARCHITECTURES", "BOUNDARIES", "Declined", "serve"]

ARCHITECTURES = ("vanilla", "vanilla_res", "bn_ff", "bn_res")
BOUNDARIES = ("periodic", "symmetric", "zero_padding")

Network = Mapping[str, Any]
#: Depth, signal and noise at a place; tensors have the axes (images, height, width, channels).
Place = Tuple[int, np.ndarray, np.ndarray]
Propagate = Callable[[Network, List[np.ndarray], np.ndarray, np.ndarray], Iterable[Place]]
Initialise = Callable[[Network, int, int, int], Iterable[np.ndarray]]
Measure = Callable[[np.ndarray, np.ndarray], Mapping[str, float]]


#: What protocol 1 says of a network. A field that nobody here reads would be ignored without a word.
_FIELDS = {"architecture", "res_depth", "total_depth", "num_channels", "kernel_size", "first_stride", "boundary", "epsilon"}


class Declined(Exception):
    """Raise it for what your implementation does not do: it shows as declined, with this reason, and not as wrong."""


def serve(
    propagate: Propagate,
    *,
    name: str,
    version: Optional[str] = None,
    dtype: str = "float64",
    initialise: Optional[Initialise] = None,
    measure: Optional[Measure] = None,
    architectures: Sequence[str] = ARCHITECTURES,
    boundaries: Sequence[str] = BOUNDARIES,
    epsilons: Optional[Sequence[float]] = None,
) -> None:
    """Answers the requests of `wellbehaved audit` on standard input until it ends; call it last in your program.

    What your functions print goes to standard error, so that it disturbs no answer. An exception is answered as an error of that request.

    Parameters
    ----------
    propagate : callable
        `propagate(network, kernels, signal, noise)` yields depth, signal and noise at each place: after the first convolution at depth 0, then at the places
        of each layer or residual unit. `network` is a dictionary with `architecture`, `res_depth`, `total_depth`, `num_channels`, `kernel_size`,
        `first_stride`, `boundary` and `epsilon`; `kernels` are arrays (k, k, inputs, outputs) in the order of propagation; signal and noise are arrays
        (images, height, width, channels). All of it is in double precision; compute in the precision that you say.
    name, version : str
        What reports call the implementation.
    dtype : {'float64', 'float32', 'float16', 'bfloat16'}
        What it computes in; tolerances follow from it.
    initialise : callable, optional
        `initialise(network, seed, simulation, inputs)` yields kernels that are a function of seed (below 2⁵³) and simulation; `inputs` is the number of
        channels of the input. If left out, your initialisation is not audited.
    measure : callable, optional
        `measure(signal, noise)` gives moments by name, of arrays (images, height, width, channels). If left out, your moments are not audited;
        `wellbehaved.moments.measure` is one.
    architectures, boundaries, epsilons : sequences, optional
        What the implementation can do; all of it if left out.

    Examples
    --------
    >>> wellbehaved.subject.serve(propagate, name="mine")  # doctest: +SKIP

    and then `wellbehaved audit --command "python3 mine.py"`.
    """
    _Subject(propagate, initialise, measure, {
        "name": name, "version": version, "dtype": dtype, "architectures": list(architectures), "boundaries": list(boundaries),
        "epsilons": None if epsilons is None else list(epsilons),
        "operations": ["propagate"] + (["simulate"] if initialise else []),
        "moments": list(measure(*np.random.default_rng(0).normal(size=(2, 2, 2, 2, 2)))) if measure else [],
    }).serve(sys.stdin, sys.stdout)


class _Subject:
    """A program of version 1 of the protocol. Another version is another class beside this one."""

    def __init__(self, propagate: Propagate, initialise: Optional[Initialise], measure: Optional[Measure], description: Dict[str, Any]) -> None:
        self._propagate, self._initialise, self._measure, self._description = propagate, initialise, measure, description
        self._answers = {"describe": self._describe, "propagate": self._answer_propagate, "simulate": self._answer_simulate}

    def serve(self, requests: TextIO, answers: TextIO) -> None:
        for line in requests:
            message = json.loads(line)
            identity = message.pop("id")
            if message.get("request") == "stop":
                break
            print(json.dumps({"id": identity, **self._answer(message)}), file=answers, flush=True)

    def _answer(self, message: Dict[str, Any]) -> Dict[str, Any]:
        with contextlib.redirect_stdout(sys.stderr):
            try:
                answer = self._answers.get(message.pop("request"))
                if answer is None:
                    return {"status": "declined", "reason": "not a request that is answered here"}
                if unknown := set(message.get("network", {})) - _FIELDS:
                    raise ValueError(f"unknown fields of network: {sorted(unknown)}")
                return {"status": "done", **answer(**message)}
            except Declined as reason:
                return {"status": "declined", "reason": str(reason)}
            except Exception as error:  # whatever the implementation raises is an answer, and other requests follow
                return {"status": "error", "reason": repr(error)}

    def _describe(self, protocol: int) -> Dict[str, Any]:
        if protocol != 1:
            raise ValueError(f"protocol {protocol} is not spoken here; version 1 is")
        return self._description

    def _answer_propagate(self, network: Network, input: str, depths: List[int], tensors: bool, moments: bool, output: str) -> Dict[str, Any]:
        with np.load(input) as arrays:
            kernels = [arrays[f"kernel_{i}"] for i in range(len(arrays.files) - 2)]
            rows = [self._row(network, kernels, arrays["signal"][0], arrays["noise"][0], depths, tensors, moments)]
        return self._write(output, rows)

    def _answer_simulate(
        self, network: Network, input: str, depths: List[int], tensors: bool, moments: bool, output: str, seed: int, first: int, simulations: int,
    ) -> Dict[str, Any]:
        if self._initialise is None:
            raise Declined("no weights of its own")
        with np.load(input) as arrays:
            signal, noise = arrays["signal"], arrays["noise"]
        rows = [
            self._row(network, list(self._initialise(network, seed, first + i, signal.shape[-1])), signal[i], noise[i], depths, tensors, moments)
            for i in range(simulations)
        ]
        return self._write(output, rows)

    def _row(
        self, network: Network, kernels: List[np.ndarray], signal: np.ndarray, noise: np.ndarray, depths: List[int], tensors: bool, moments: bool,
    ) -> Dict[str, np.ndarray]:
        """What is asked for of one simulation, place by place."""
        shown: Dict[str, List[Any]] = {}
        for depth, x, dx in self._propagate(network, kernels, signal, noise):
            if depth == 0 or depth in depths:
                measured = self._measure(x, dx) if moments and self._measure else {}
                for key, value in {**({"signal": np.asarray(x), "noise": np.asarray(dx)} if tensors else {}), **measured}.items():
                    shown.setdefault(key, []).append(value)
        return {key: np.stack(values) for key, values in shown.items()}

    @staticmethod
    def _write(output: str, rows: List[Dict[str, np.ndarray]]) -> Dict[str, Any]:
        np.savez(output, **{key: np.stack([row[key] for row in rows]) for key in rows[0]})
        return {}
