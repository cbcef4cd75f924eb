"""What `wellbehaved.torch.record` sees in modules of every kind."""
import math
import os
import tempfile
import unittest
import warnings

import numpy as np

import wellbehaved

try:
    import torch
    from torch import nn
except ImportError:
    raise unittest.SkipTest("PyTorch is not here")


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.branch = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, x):
        return x + self.branch(x)


class Functional(nn.Module):
    """Activations as functions: no module shows them."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return {"logits": x, "other": 3}


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), nn.MultiheadAttention(width, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        y = self.norm(x)
        mask = torch.full((x.shape[1], x.shape[1]), -math.inf, dtype=x.dtype).triu(1)
        x = x + self.attention(y, y, y, attn_mask=mask)[0]
        x += self.mlp(x)
        return x


class Language(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions = nn.Embedding(50, 16), nn.Embedding(12, 16)
        self.blocks = nn.ModuleList(Block(16) for _ in range(3))
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(16, 50)

    def forward(self, tokens):
        x = self.drop(self.words(tokens) + self.positions(torch.arange(tokens.shape[1])))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(5, 6, batch_first=True), nn.Linear(6, 2)

    def forward(self, x):
        sequence, _ = self.lstm(x)
        return self.head(sequence)


class Shared(nn.Module):
    """One module, called three times."""

    def __init__(self):
        super().__init__()
        self.layer, self.tanh = nn.Linear(8, 8), nn.Tanh()

    def forward(self, x):
        for _ in range(3):
            x = self.tanh(self.layer(x))
        return x


def normal(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class RecordTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = os.path.join(folder.name, "mine.npz")

    def record(self, make_model, batch, simulations=1, **options):
        wellbehaved.torch.record(make_model, batch, simulations, self.out, overwrite=True, **options)
        with np.load(self.out) as arrays:
            return dict(arrays)

    def test_residual_units_are_depths_and_their_sums_are_seen(self):
        arrays = self.record(lambda: nn.Sequential(nn.Linear(8, 16), *[Residual(16) for _ in range(4)], nn.Linear(16, 3)), normal(20, 8), 2)
        ends = arrays["end_of_unit"] > 0
        self.assertEqual([1, 2, 3, 4], arrays["depth"][ends].tolist())
        self.assertEqual("1.4 1 (Residual)", arrays["place"][ends][0])
        self.assertEqual(5, arrays["depth"][-1], "the layer after the units is another depth")
        self.assertTrue((arrays["reff_signal"][:, ends] >= 1).all())
        self.assertTrue(((arrays["reff_signal"] >= 1) == (arrays["reff_noise"] >= 1)).all())

    def test_layers_with_weights_are_depths_where_there_are_no_units(self):
        arrays = self.record(lambda: nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Dropout(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2)), normal(20, 8))
        self.assertEqual([0, 1, 1, 1, 2, 2, 3], arrays["depth"].tolist())
        self.assertEqual([0, 0, 1, 0, 0, 1, 0], arrays["end_of_unit"].tolist(), "after activations, and not after the layer that makes logits of them")

    def test_whole_numbers_of_numpy_are_whole_numbers(self):
        def net():
            return nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh())

        ours = self.record(net, normal(20, 8), 2, seed=3)
        theirs = self.record(net, normal(20, 8), np.int64(2), seed=np.int64(3))
        self.assertEqual(ours["configuration"].tolist(), theirs["configuration"].tolist())
        np.testing.assert_array_equal(ours["chi"], theirs["chi"])

    def test_functions_and_dictionaries_are_no_obstacle(self):
        arrays = self.record(Functional, normal(20, 8))
        self.assertEqual([0, 1, 2, 3, 3], arrays["depth"].tolist())
        self.assertEqual("3.1 output (Functional)", arrays["place"][-1])
        self.assertTrue((arrays["reff_signal"] >= 1).all(), "without activations and units, ranks are everywhere")

    def test_token_ids_get_their_noise_after_the_embedding(self):
        arrays = self.record(Language, torch.arange(24).reshape(2, 12) % 50, 2)
        self.assertEqual("0.0 words (Embedding)", arrays["place"][0])
        np.testing.assert_allclose(np.sqrt(arrays["mu2_noise"][:, 0]), arrays["chi"][:, 0] * np.sqrt(arrays["mu2_signal"][:, 0] / arrays["mu2_signal_input"]))
        self.assertFalse(any("positions" in place for place in arrays["place"]), "noise does not reach them")
        self.assertEqual([1, 2, 3], arrays["depth"][arrays["end_of_unit"] > 0].tolist())
        self.assertTrue(any("attention (MultiheadAttention)" in place for place in arrays["place"]))
        self.assertEqual(2, arrays["channel_axis"][0])
        self.assertEqual(24, arrays["points"][0])
        self.assertEqual(arrays["place"].shape, arrays["channels"].shape)

    def test_the_first_of_several_tensors_that_a_module_returns_is_seen(self):
        arrays = self.record(Recurrent, normal(3, 7, 5))
        self.assertEqual(["0.0 input", "1.0 lstm (LSTM)", "2.0 head (Linear)"], arrays["place"].tolist())

    def test_each_call_of_a_module_is_a_place(self):
        arrays = self.record(Shared, normal(20, 8))
        self.assertEqual(["1.0 layer (Linear)", "1.1 tanh (Tanh)", "2.0 layer call 2 (Linear)", "2.1 tanh call 2 (Tanh)", "3.0 layer call 3 (Linear)", "3.1 tanh call 3 (Tanh)"], arrays["place"][1:].tolist())

    def test_several_inputs_each_get_noise(self):
        class Both(nn.Module):
            def __init__(self):
                super().__init__()
                self.one, self.two, self.last = nn.Linear(4, 6), nn.Linear(4, 6), nn.Linear(6, 2)

            def forward(self, x, y):
                return self.last(self.one(x) * self.two(y))

        arrays = self.record(Both, (normal(9, 4), normal(9, 4, seed=2)))
        self.assertEqual([0, 1, 2, 3], arrays["depth"].tolist())
        self.assertTrue((arrays["mu2_noise"] > 0).all())

    def test_inputs_by_name_and_layers_that_find_their_sizes_themselves(self):
        class Named(nn.Module):
            def __init__(self):
                super().__init__()
                self.words, self.layer, self.norm, self.last = nn.Embedding(9, 6), nn.LazyLinear(8), nn.LazyBatchNorm1d(), nn.Linear(8, 2)

            def forward(self, *, mask, ids):
                return self.last(self.norm((self.layer(self.words(ids)) * mask[..., None]).flatten(0, 1)))

        arrays = self.record(Named, {"ids": torch.arange(12).reshape(3, 4) % 9, "mask": torch.ones(3, 4, dtype=torch.int64)}, 2)
        self.assertEqual([0, 1, 1, 2], [*arrays["depth"]][-4:])
        self.assertEqual(["words (Embedding)", "layer (Linear)", "norm (BatchNorm1d)", "last (Linear)"], [place.split(" ", 1)[1] for place in arrays["place"]])

    def test_the_noise_is_the_derivative(self):
        torch.manual_seed(3)
        model = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Tanh(), nn.Conv2d(4, 4, 3), nn.GroupNorm(2, 4), nn.Flatten(), nn.Linear(4 * 36, 5)).double().eval()
        x, dx = normal(6, 2, 8, 8).double(), normal(6, 2, 8, 8, seed=2).double()
        arrays = self.record(model, x, input_noise=dx, batch_norm="stored")
        step = 1e-6
        with torch.no_grad():
            difference = (model(x + step * dx) - model(x - step * dx)) / (2 * step)
        self.assertAlmostEqual(1, arrays["mu2_noise"][0, -1] / float((difference ** 2).mean()), places=7)

    def test_batch_norm_takes_the_statistics_of_the_batch_and_leaves_the_stored_ones(self):
        model = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 8))
        arrays = self.record(model, 5 + normal(64, 8))
        self.assertAlmostEqual(1, arrays["mu2_signal"][0, 2], places=3)
        self.assertEqual(0, int(model[1].num_batches_tracked))
        stored = self.record(model, 5 + normal(64, 8), batch_norm="stored")
        self.assertAlmostEqual(stored["mu2_signal"][0, 1], stored["mu2_signal"][0, 2], places=4)
        held, full = (self.record(model, normal(8, 8), noise=noise)["mu2_noise"][0, 2] for noise in ("mapping", "full"))
        self.assertLess(full, held, "differentiated statistics take some of the noise")

    def test_dropout_is_off_unless_it_is_asked_for(self):
        def make():
            return nn.Sequential(nn.Linear(64, 64), nn.Dropout(0.5), nn.Linear(64, 8))

        off, on = (self.record(make, normal(32, 64), dropout=dropout)["nu2_signal"][0] for dropout in (False, True))
        self.assertEqual(off[1], off[2])
        self.assertGreater(on[2], 1.5 * on[1])
        self.assertEqual(off[1], on[1], "masks don't change the weights that are drawn")

    def test_a_seed_is_a_result_and_leaves_the_random_numbers_of_the_caller_alone(self):
        def make():
            return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))

        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        first, again, other = (self.record(make, normal(16, 8), 3, seed=seed) for seed in (7, 7, 8))
        self.assertTrue(torch.equal(expected, torch.rand(3)))
        np.testing.assert_array_equal(first["chi"], again["chi"])
        self.assertFalse((first["chi"] == other["chi"]).any())
        self.assertEqual(3, len(np.unique(first["chi"][:, -1])))
        np.testing.assert_array_equal(first["chi"][0], self.record(make, normal(16, 8), 1, seed=7)["chi"][0])

    def test_double_precision_where_asked_agrees_with_single_precision(self):
        def make():
            return nn.Sequential(nn.Linear(8, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU())

        single, double = (self.record(make, normal(16, 8), dtype=dtype)["log_chi"] for dtype in (None, torch.float64))
        np.testing.assert_allclose(single, double, atol=1e-5)
        self.assertGreater(np.abs(single - double).max(), 1e-12)

    def test_activations_are_not_kept(self):
        alive = []

        class Watch(nn.ReLU):
            def forward(self, x):
                import gc
                alive.append(sum(isinstance(kept, torch.Tensor) and kept.shape == (512, 128) for kept in gc.get_objects()))
                return super().forward(x)

        self.record(lambda: nn.Sequential(*[nn.Sequential(nn.Linear(128, 128, bias=False), Watch()) for _ in range(12)]), normal(512, 128))
        self.assertEqual(12, len(alive))
        self.assertLessEqual(alive[-1], alive[1], "as many after twelve layers as after two")

    def test_zero_signals_and_single_points_are_as_in_files_of_the_command(self):
        class Off(nn.Module):
            def forward(self, x):
                return 0 * x

        arrays = self.record(lambda: nn.Sequential(nn.Linear(4, 4), Off()), normal(9, 4), ranks="all")
        self.assertEqual([0, 0, -1, -1], [arrays[name][0, -1] for name in ("nu2_signal", "chi", "reff_signal", "reff_noise")])
        self.assertTrue((np.array([arrays[name][0, -1] for name in ("log_nu2_signal", "log_chi")]) == math.log(5e-324)).all())
        single = self.record(lambda: nn.Sequential(nn.Linear(4, 4), nn.ReLU()), normal(1, 4))
        self.assertTrue(np.isnan(single["log_chi"]).all() and np.isnan(single["chi"]).all() and np.isfinite(single["log_nu2_signal"]).all())

    def test_depth_of_units_can_be_chosen(self):
        def make():
            return nn.Sequential(*[nn.Sequential(Residual(8), Residual(8)) for _ in range(2)])

        self.assertEqual([1, 2, 3, 4], self.ends(self.record(make, normal(9, 8))))
        self.assertEqual([1, 2], self.ends(self.record(make, normal(9, 8), units=lambda name, module: name in ("0", "1"))))

    def ends(self, arrays):
        return arrays["depth"][arrays["end_of_unit"] > 0].tolist()


class RefusalTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder, self.out = folder.name, os.path.join(folder.name, "mine.npz")

    def refused(self, error, words, make_model=lambda: nn.Linear(4, 4), batch=normal(5, 4), simulations=2, **options):
        with self.assertRaises(error) as refusal:
            wellbehaved.torch.record(make_model, batch, simulations, options.pop("out", self.out), **options)
        self.assertIn(words, str(refusal.exception))
        self.assertNotIn("\n", str(refusal.exception))
        self.assertEqual([], os.listdir(self.folder), "nothing is written")

    def test_arguments_that_are_none_are_refused_in_a_line(self):
        model = nn.Linear(4, 4)
        self.refused(TypeError, "make_model: expected a function", make_model=model)
        self.refused(ValueError, "make_model: expected a new model in each simulation", make_model=lambda: model)
        self.refused(TypeError, "it returned int", make_model=lambda: 3)
        self.refused(ValueError, "noise: expected 'mapping' or 'full', got 'both'", noise="both")
        self.refused(ValueError, "dtype: expected a floating point type", dtype=torch.int64)
        for none in (0, True, 2.0):
            self.refused(ValueError, "simulations: expected a positive whole number", simulations=none)
        self.refused(ValueError, "ends in .npz", out=os.path.join(self.folder, "mine.txt"))
        self.refused(FileNotFoundError, "expected an existing folder", out=os.path.join(self.folder, "no", "mine.npz"))
        self.refused(ValueError, "input_noise: expected the shapes of the inputs", input_noise=normal(3, 3))
        self.refused(ValueError, "units: expected to choose at least one module", units=nn.Conv2d)
        self.refused(TypeError, "batch: expected tensors, got str", batch=["x"])
        self.refused(TypeError, "batch: expected a tensor, or several in a list or dictionary, got NoneType", batch=None)
        self.refused(ValueError, "batch: expected tensors with elements, got one of shape (0, 4)", batch=normal(0, 4))
        self.refused(ValueError, "batch: expected at least one tensor, got none", batch=[])
        for make, name in ((lambda: torch.jit.script(nn.Sequential(nn.Linear(4, 4))), "the model itself"), (lambda: nn.Sequential(nn.Linear(4, 4), torch.jit.script(nn.Sequential(nn.ReLU()))), "'1'")):
            self.refused(TypeError, f"make_model: expected modules of Python, got {name} from TorchScript", make_model=make)
        with torch.inference_mode():
            self.refused(RuntimeError, "outside of torch.inference_mode()")

    def test_what_has_no_derivative_is_named(self):
        class Cast(nn.Module):
            def forward(self, x):
                return x.float()

        self.refused(ValueError, "found neither", make_model=lambda: nn.Sequential(Cast(), nn.Linear(4, 4)), batch=torch.ones(5, 4, dtype=torch.int64), simulations=1)

        class Fused(nn.Module):
            def __init__(self):
                super().__init__()
                self.before, self.inner = nn.Linear(4, 4), Inner()

            def forward(self, x):
                return self.inner(self.before(x))

        class Inner(nn.Module):
            def forward(self, x):
                raise NotImplementedError("Trying to use forward AD with aten::new that does not support it")

        self.refused(RuntimeError, "no forward-mode derivative of an operation in 'inner'", make_model=Fused)

        class Doubled(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

            @staticmethod
            def backward(ctx, gradient):
                return 2 * gradient

        class Custom(nn.Module):
            def forward(self, x):
                return Doubled.apply(x)

        self.refused(RuntimeError, "no forward-mode derivative of an operation in '1'", make_model=lambda: nn.Sequential(nn.Linear(4, 4), Custom()))

    def test_a_file_is_replaced_only_when_asked(self):
        with open(self.out, "w", encoding="ascii") as file:
            file.write("precious")
        with self.assertRaisesRegex(FileExistsError, "overwrite=True"):
            wellbehaved.torch.record(lambda: nn.Linear(4, 4), normal(5, 4), 1, self.out)
        with open(self.out, encoding="ascii") as file:
            self.assertEqual("precious", file.read())

    def test_what_looks_wrong_is_a_warning(self):
        class Detached(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(4, 4)

            def forward(self, x):
                return self.layer(x).detach().argmax(-1).float()

        def equal():
            layer = nn.Linear(4, 4)
            nn.init.ones_(layer.weight)
            nn.init.zeros_(layer.bias)
            return layer

        def huge():
            layer = nn.Linear(4, 4)
            nn.init.constant_(layer.weight, 3e38)
            return nn.Sequential(layer, nn.Linear(4, 4))

        def single():
            return nn.Sequential(nn.Linear(4, 4), nn.AdaptiveAvgPool1d(4), nn.Unflatten(1, (1, 1, 4)), nn.Flatten(), nn.Unflatten(0, (1, 5)), nn.Flatten(), nn.BatchNorm1d(20), nn.Linear(20, 4))

        for make, words in ((single, "the batch norm '6' takes its statistics from one value in each channel"), (Detached, "the noise does not reach the output of the model: it ends after 1.0 layer"), (equal, "all models have the same weights"), (huge, "not finite, first after 1.0 0 (Linear)")):
            with self.subTest(words), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                wellbehaved.torch.record(make, normal(5, 4), 2, self.out, overwrite=True)
                self.assertTrue(any(words in str(warning.message) for warning in caught), [str(warning.message) for warning in caught])

    def test_a_batch_of_one_row_is_a_warning(self):
        for rows, expected in ((1, 1), (2, 0)):
            with self.subTest(rows), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                wellbehaved.torch.record(lambda: nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)), normal(rows, 4), 3, self.out, overwrite=True)
                self.assertEqual(expected, sum("batch: a single row" in str(warning.message) for warning in caught))


if __name__ == "__main__":
    unittest.main()
