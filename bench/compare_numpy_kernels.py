"""Times the kernel recursion by the formulas of neural-tangents' stax in NumPy: what an activation makes of a kernel of signal and one of noise. `bench -- theory` runs it beside the same layers of src/Theory.

Prints a line for each: name, seconds on the clock and of the processor, and the mean of the signal's kernel after the layer, by which `bench -- theory` sees that both computed the same. Needs NumPy; SciPy for nothing.
Run: python3 compare_numpy_kernels.py [points] [rounds]
"""
import sys
import time

import numpy as np


def kernels(points):
    """Kernel of the signal and of noise: those of inputs that are sines, which any language makes alike."""
    index = np.arange(points)[:, None] + 1.0
    channel = np.arange(2 * points)[None, :] + 1.0
    x, dx = np.sin(index * channel * 0.7), np.cos(index * channel * 1.3)
    return x @ x.T / (2 * points), dx @ dx.T / (2 * points)


def relu(signal, noise):
    root = np.sqrt(np.diag(signal))
    scale = root[:, None] * root[None, :]
    cosine = np.clip(signal / scale, -1, 1)
    angle = np.arccos(cosine)
    return scale * (np.sqrt(1 - cosine**2) + (np.pi - angle) * cosine) / (2 * np.pi), noise * (np.pi - angle) / (2 * np.pi)


def erf(signal, noise):
    square = 1 + 2 * np.diag(signal)
    product = square[:, None] * square[None, :]
    return 2 / np.pi * np.arcsin(2 * signal / np.sqrt(product)), noise * 4 / np.pi / np.sqrt(product - 4 * signal**2)


def gelu(signal, noise):
    square = 1 + np.diag(signal)
    product = square[:, None] * square[None, :]
    delta = product - signal**2
    factor = 1 / (2 * np.pi * np.sqrt(delta))
    inverse = 1 / square[:, None] + 1 / square[None, :]
    half = 0.25 + np.arcsin(signal / np.sqrt(product)) / (2 * np.pi)
    variances = np.diag(signal)
    rest = variances[:, None] * variances[None, :] - signal**2 + inverse * signal**2
    return signal * half + factor * rest, noise * (half + factor * signal * (inverse + 1 / delta))


def main(points, rounds):
    signal, noise = kernels(points)
    for function in (relu, erf, gelu):
        clock = processor = float("inf")
        for _ in range(rounds):
            start, before = time.perf_counter(), time.process_time()
            after, _ = function(signal, noise)
            clock, processor = min(clock, time.perf_counter() - start), min(processor, time.process_time() - before)
        print(f"{function.__name__} {clock:.6f} {processor:.6f} {after.mean():.15g}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
