"""Propagates signal and noise through the conformance vectors with NumPy alone, and compares every tensor.

    python3 check_vectors.py ../../data/vectors

Replace `propagate` by your own implementation to see where it first differs. Prints one line for each vector; exits with 1 if any differs.
"""
import json
import pathlib
import sys

import numpy as np


def pad(x, before, after, boundary):
    mode = {"periodic": "wrap", "symmetric": "symmetric", "zero_padding": "constant"}[boundary]
    return np.pad(x, ((0, 0), (before, after), (before, after), (0, 0)), mode=mode)


def convolve(x, kernel, stride, boundary):
    """x (images, height, width, inputs), kernel (k, k, inputs, outputs); offsets are centred, from -(k-1)//2 on."""
    k = kernel.shape[0]
    height, width = x.shape[1:3]
    padded = pad(x, (k - 1) // 2, k // 2, boundary)
    return sum(
        padded[:, a:a + height:stride, b:b + width:stride] @ kernel[a, b]
        for a in range(k) for b in range(k))


def batch_norm(x, dx, epsilon):
    mean = x.mean(axis=(0, 1, 2))
    deviation = np.sqrt(((x - mean) ** 2).mean(axis=(0, 1, 2)) + epsilon)
    return (x - mean) / deviation, dx / deviation


def relu(x, dx):
    return np.maximum(x, 0), np.where(x > 0, dx, 0)


BRANCH = {"vanilla": ["conv", "relu"], "bn_ff": ["conv", "norm", "relu"], "vanilla_res": ["relu", "conv"], "bn_res": ["norm", "relu", "conv"]}


def propagate(configuration, x, dx, kernels):
    """Yields (depth, place, signal, noise), place 0 at depth 0 after the first convolution."""
    boundary = configuration["boundary"]
    residual = configuration["architecture"].endswith("_res")
    kernels = iter(kernels)
    first = next(kernels)
    if configuration["kernel_size"] == 1:
        x, dx = (t.reshape(t.shape[0], 1, 1, -1) for t in (x, dx))
    x, dx = (convolve(t, first, configuration["first_stride"], boundary) for t in (x, dx))
    yield 0, 0, x, dx
    for depth in range(1, configuration["total_depth"] + 1):
        yield depth, 1, x, dx
        skip, place = (x, dx), 1
        for repetition in range(configuration["res_depth"] if residual else 1):
            for step in BRANCH[configuration["architecture"]]:
                if step == "conv":
                    kernel = next(kernels)
                    x, dx = convolve(x, kernel, 1, boundary), convolve(dx, kernel, 1, boundary)
                elif step == "norm":
                    x, dx = batch_norm(x, dx, configuration["epsilon"])
                else:
                    x, dx = relu(x, dx)
                if repetition == 0:
                    place += 1
                    yield depth, place, x, dx
        if residual:
            x, dx = x + skip[0], dx + skip[1]
            yield depth, place + 1, x, dx


def main(folder):
    wrong = 0
    for entry in json.loads((folder / "manifest.json").read_text())["vectors"]:
        vector = np.load(folder / entry["file"])
        configuration = json.loads(str(vector["configuration"]))
        kernels = [vector[f"kernel_{i}"] for i in range(sum(name.startswith("kernel_") for name in vector.files))]
        worst, where = 0.0, ""
        for depth, place, x, dx in propagate(configuration, vector["input_signal"], vector["input_noise"], kernels):
            for name, tensor in (("signal", x), ("noise", dx)):
                expected = vector[f"{name}_depth{depth}_loc{place}"]
                distance = np.abs(tensor - expected).max() / np.sqrt((expected ** 2).mean())
                if distance > worst:
                    worst, where = distance, f"{name} at depth {depth}, loc{place}"
        # Another order of summation differs by about as much as our own two implementations do; a hundred times that is still no mistake.
        passed = worst <= 100 * entry["measured_in_double_precision"]
        wrong += not passed
        print(f"{'agrees ' if passed else 'DIFFERS'} {entry['file']}: {worst:.1e} relative to the root mean square, {where}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "data/vectors")))
