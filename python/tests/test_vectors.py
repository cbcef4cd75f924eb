"""Moments against the conformance vectors of the project: two implementations that share no arithmetic agree to rounding."""
import json
import os
import pathlib
import tempfile
import unittest

import numpy as np

import wellbehaved
from wellbehaved import moments

try:
    import torch
except ImportError:
    torch = None

VECTORS = pathlib.Path(os.environ.get("WELLBEHAVED_VECTORS", pathlib.Path(__file__).parents[2] / "data" / "vectors"))
TOLERANCE = 1e-12

#: What the reference promises of an effective rank, whose largest eigenvalue it finds by iteration.
TOLERANCE_OF_RANKS = 1e-6


def tolerance(moment, expected):
    return (TOLERANCE_OF_RANKS if moment.startswith("reff") else TOLERANCE) * max(1, abs(expected))


@unittest.skipUnless(VECTORS.is_dir(), "the vectors are not here")
class VectorTests(unittest.TestCase):
    def test_moments_of_arrays_are_those_of_the_vectors(self):
        names = sorted(VECTORS.glob("*.npz"))
        self.assertGreater(len(names), 20)
        for path in names:
            with np.load(path) as vector:
                for name in (name for name in vector.files if name.startswith("signal_")):
                    place = name[len("signal_"):]
                    for moment, value in moments.measure(vector[name], vector["noise_" + place]).items():
                        expected = vector[f"{moment}_{place}"]
                        self.assertLess(abs(value - expected), tolerance(moment, expected), f"{moment} {place} of {path.name}")

    @unittest.skipIf(torch is None, "PyTorch is not here")
    def test_recorded_recipes_show_the_moments_of_the_vectors_at_every_place(self):
        import recipes

        seen = set()
        with tempfile.TemporaryDirectory() as folder:
            for path in sorted(VECTORS.glob("*.npz")):
                with np.load(path) as vector:
                    arrays = dict(vector)
                configuration = json.loads(str(arrays["configuration"]))
                kernels = [arrays[f"kernel_{i}"] for i in range(sum(name.startswith("kernel_") for name in arrays))]
                x, dx = (torch.from_numpy(arrays[name]) for name in ("input_signal", "input_noise"))
                if configuration["kernel_size"] == 1:
                    x, dx = (t.reshape(t.shape[0], -1, 1, 1) for t in (x, dx))
                else:
                    x, dx = (t.permute(0, 3, 1, 2) for t in (x, dx))
                out = wellbehaved.torch.record(recipes.model(configuration, kernels), x, 1, os.path.join(folder, path.name), input_noise=dx, ranks="all", units=(recipes.Layer, recipes.Unit))
                with np.load(out) as recorded:
                    self.compare(configuration, arrays, recorded, path.name)
                seen.add((configuration["architecture"], configuration["boundary"]))
        self.assertEqual(12, len(seen))

    def compare(self, configuration, vector, recorded, name):
        """Places of a recording: the input, the first convolution, then the modules of each unit, and the sum where there is one. The vectors begin each unit with its input."""
        at, expected = 1, [(0, 0)]
        shown = {"vanilla": 2, "bn_ff": 3, "vanilla_res": 2, "bn_res": 3}[configuration["architecture"]]
        residual = configuration["architecture"].endswith("_res")
        for depth in range(1, configuration["total_depth"] + 1):
            expected += [(depth, 2 + i) for i in range(shown)]
            expected += [None] * (shown * (configuration["res_depth"] - 1)) if residual else []
            expected += [(depth, 2 + shown)] if residual else []
        self.assertEqual(len(expected) + 1, len(recorded["depth"]), recorded["place"])
        to_input = np.sqrt(recorded["mu2_signal_input"][0])  # the chi of the vectors is not relative to the input
        for place in expected:
            if place is not None:
                depth, loc = place
                self.assertEqual(depth, recorded["depth"][at])
                for moment in moments.NAMES:
                    value = recorded[moment][0, at] / (to_input if moment == "chi" else 1) - (np.log(to_input) if moment == "log_chi" else 0)
                    theirs = vector[f"{moment}_depth{depth}_loc{loc}"]
                    self.assertLess(abs(value - theirs), tolerance(moment, theirs), f"{moment} at {recorded['place'][at]} of {name}")
            at += 1
        ends = [i for i, end in enumerate(recorded["end_of_unit"]) if end]
        self.assertEqual(list(range(1, configuration["total_depth"] + 1)), list(recorded["depth"][ends]))

    @unittest.skipIf(torch is None, "PyTorch is not here")
    def test_both_noises_of_batch_norm_are_those_of_the_vectors(self):
        with np.load(VECTORS / "layers" / "batch_norm.npz") as vector:
            arrays = dict(vector)
        network = torch.nn.Sequential(torch.nn.Conv2d(2, 4, 1, bias=False), torch.nn.BatchNorm2d(4, eps=0.001), torch.nn.Conv2d(4, 4, 1)).double()
        network[0].weight.data = torch.from_numpy(arrays["parameter_0"]).T[:, :, None, None]
        network[1].weight.data = torch.full((4,), 0.75)
        x, dx = (torch.from_numpy(arrays[name]).permute(0, 3, 1, 2) for name in ("input_signal", "input_noise"))
        with tempfile.TemporaryDirectory() as folder:
            for noise in ("mapping", "full"):
                out = wellbehaved.torch.record(network, x, 1, os.path.join(folder, noise + ".npz"), input_noise=dx, noise=noise, ranks="all", dtype=torch.float64)
                expected = moments.measure(arrays["signal_depth0_loc1"], arrays[f"noise_{noise}_depth0_loc1"])
                with np.load(out) as recorded:
                    for moment in ("nu2_signal", "mu2_signal", "mu2_noise", "reff_signal", "reff_noise"):
                        self.assertLess(abs(recorded[moment][0, 2] - expected[moment]), tolerance(moment, expected[moment]), f"{moment}, {noise}")


if __name__ == "__main__":
    unittest.main()
