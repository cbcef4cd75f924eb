"""Reading files of both layouts, calling the command, and the protocol."""
import io
import json
import os
import stat
import sys
import tempfile
import unittest

import numpy as np

import wellbehaved
from wellbehaved import moments, subject

try:
    import pandas
except ImportError:
    pandas = None


class FolderCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)


@unittest.skipIf(pandas is None, "pandas is not here")
class ReadTests(FolderCase):
    def test_gradients_are_columns_of_every_layout(self):
        np.savez(self.path("places.npz"), depth=[0, 1], place=np.array(["0.0 input", "1.0 linear"]), chi=np.ones((1, 2)), log_chi=np.zeros((1, 2)),
                 gradient=np.array([[2.0, 3]]), log_gradient=np.log([[2.0, 3]]))
        frame = wellbehaved.read(self.path("places.npz"))
        self.assertEqual([2, 3], frame["gradient"].tolist())
        self.assertEqual(np.log([2, 3]).tolist(), frame["log_gradient"].tolist())

        np.savez(self.path("unit.npz"), depth=[1, 2], locations=np.array(["loc1 before dense", "loc2 after dense"]),
                 **{f"{name}_loc{k}": np.full((1, 2), float(k)) for name in ("chi", "gradient", "log_gradient") for k in (1, 2)})
        frame = wellbehaved.read(self.path("unit.npz"))
        self.assertEqual([1, 2, 1, 2], frame["gradient"].tolist())
        self.assertIn("log_gradient", frame.columns)

    def test_a_column_for_each_place_becomes_a_row_for_each_simulation_and_place(self):
        np.savez(self.path("a.npz"), depth=[0, 1, 1], place=np.array(["0.0 input", "1.0 linear", "1.1 relu"]), end_of_unit=[0, 0, 1],
                 chi=np.array([[1, 2, 3], [4, 5, 6]], np.float32), log_chi=np.zeros((2, 3)), other=np.zeros(7), configuration=json.dumps({"network": {"name": "mine"}, "noise": "full"}))
        frame = wellbehaved.read(self.path("a.npz"))
        self.assertEqual(["simulation", "depth", "place", "ends_unit", "chi", "log_chi"], list(frame.columns))
        self.assertEqual([1, 2, 3, 4, 5, 6], frame["chi"].tolist())
        self.assertEqual(([0, 0, 0, 1, 1, 1], [0, 1, 1] * 2, ["0.0 input", "1.0 linear", "1.1 relu"] * 2), (frame["simulation"].tolist(), frame["depth"].tolist(), frame["place"].tolist()))
        self.assertEqual(("mine", "full"), (frame.attrs["network"], frame.attrs["configuration"]["noise"]))

    def test_arrays_of_places_become_the_same(self):
        arrays = {"depth": np.array([10, 20]), "nu2_signal_loc1": np.array([[1, 2], [3, 4]], np.longdouble), "nu2_signal_loc10": np.array([[5, 6], [7, 8.0]]),
                  "chi_loc10": np.asfortranarray([[0.5, 0.6], [0.7, 0.8]]), "nu2_signal_depth0": np.ones(2), "simulation": np.array([4, 7])}
        np.savez_compressed(self.path("b.npz"), **arrays)
        os.mkdir(self.path("b"))
        for name, array in arrays.items():
            np.save(os.path.join(self.path("b"), name + ".npy"), array)
        for path in ("b.npz", "b"):
            frame = wellbehaved.read(self.path(path))
            self.assertEqual(8, len(frame))
            row = frame[(frame["simulation"] == 7) & (frame["depth"] == 20)].set_index("place")
            self.assertEqual((4, 8, 0.8), (row["nu2_signal"]["loc1"], row["nu2_signal"]["loc10"], row["chi"]["loc10"]))
            self.assertTrue(np.isnan(row["chi"]["loc1"]))
            self.assertIsNone(frame.attrs["network"])

    def test_arrays_of_a_repeated_unit_become_the_same_table_as_columns_of_places(self):
        values = np.arange(14.0).reshape(2, 7)
        unit = {"depth": [1, 3], "locations": np.array(["loc1 before the unit", "branch2 end of the branch", "loc2 after residual"]), "stem_locations": np.array(["0.0 after dense"]),
                "chi_stem": values[:, :1], "chi_loc1": values[:, 1::3], "chi_branch2": values[:, 2::3], "chi_loc2": values[:, 3::3], "simulation": [4, 7]}
        np.savez(self.path("unit.npz"), **unit)
        np.savez(self.path("columns.npz"), depth=[0, 1, 1, 1, 3, 3, 3], chi=values, simulation=[4, 7], place=np.array(
            ["0.0 after dense"] + [f"{depth}.{place}" for depth in (1, 3) for place in ("1 before the unit", "2 end of the branch", "2 after residual")]))
        self.assertTrue(wellbehaved.read(self.path("unit.npz")).equals(wellbehaved.read(self.path("columns.npz"))))
        for name, words in (("chi_loc2", "found no 'chi_loc2'"), ("chi_stem", "found no 'chi_stem'")):
            np.savez(self.path("lacking.npz"), **{key: value for key, value in unit.items() if key != name})
            with self.assertRaisesRegex(ValueError, words):
                wellbehaved.read(self.path("lacking.npz"))
        for name, array, words in (("chi_stem", np.zeros((2, 2)), r"'chi_stem' of shape \(2, 1\), found \(2, 2\)"), ("locations", np.array(["somewhere"]), "expected texts such as 'loc2 after relu'")):
            np.savez(self.path("other.npz"), **{**unit, name: array})
            with self.assertRaisesRegex(ValueError, words):
                wellbehaved.read(self.path("other.npz"))

    def test_a_rank_that_was_not_taken_is_no_number(self):
        np.savez(self.path("neutral.npz"), depth=[0, 1], reff_signal=[[2.5, -1], [3, -1]], log_chi=[[-1.0, 0], [0, 0]])
        np.savez(self.path("columns.npz"), depth=[1, 2], reff_signal_loc2=np.array([[2.5, -1], [3, -1]], np.float32), log_chi_loc2=[[-1.0, 0], [0, 0]])
        for name in ("neutral.npz", "columns.npz"):
            frame = wellbehaved.read(self.path(name))
            self.assertEqual([False, True, False, True], frame["reff_signal"].isna().tolist())
            self.assertEqual([2.5, 3], frame["reff_signal"].dropna().tolist())
            self.assertEqual([-1, 0, 0, 0], frame["log_chi"].tolist(), "a logarithm may be -1")
            self.assertEqual(-1, wellbehaved._files.load(self.path(name))["reff_signal" if name == "neutral.npz" else "reff_signal_loc2"][0, 1], "the file stays as it is")

    def test_what_is_no_result_file_is_refused_in_a_line(self):
        with open(self.path("text.npz"), "w", encoding="ascii") as file:
            file.write("no archive")
        np.savez(self.path("nothing.npz"), depth=[1])
        np.savez(self.path("shape.npz"), depth=[1, 2], chi=np.zeros((2, 3)))
        np.savez(self.path("object.npz"), depth=np.array([{}], object), chi=np.zeros((1, 1)))
        np.savez(self.path("names.npz"), depth=[1, 2], place=np.array(["a"]), chi=np.zeros((1, 2)))
        for name, words in (("text", "expected a result file"), ("nothing", "expected moments"), ("shape", r"shape \(simulations, 2\), found \(2, 3\) in 'chi'"), ("object", "expected a result file"), ("names", "a text for each")):
            with self.subTest(name), self.assertRaisesRegex(ValueError, words) as refusal:
                wellbehaved.read(self.path(name + ".npz"))
            self.assertNotIn("\n", str(refusal.exception))
        with self.assertRaises(FileNotFoundError):
            wellbehaved.read(self.path("none.npz"))


@unittest.skipIf(os.name == "nt", "a script stands for the command")
class CommandTests(FolderCase):
    def command(self, script):
        path = self.path("wellbehaved")
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n" + script)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        return [path]

    def test_a_diagnosis_is_what_the_command_says(self):
        command = self.command('echo "Undecided: $1 $2"; echo \'{"condition": "undecided", "of": 3}\' > "$4"; exit 3\n')
        diagnosis = wellbehaved.diagnose("mine.npz", command=command)
        self.assertEqual(("Undecided: diagnose mine.npz", "undecided", 3, False), (str(diagnosis), diagnosis.condition, diagnosis.data["of"], diagnosis.is_well_behaved))

    def test_what_the_command_refuses_is_refused_with_its_line(self):
        command = self.command("echo 'wellbehaved: mine.npz: expected a file' >&2; exit 2\n")
        for call in (lambda: wellbehaved.diagnose("mine.npz", command=command), lambda: wellbehaved.plot("mine.npz", out="a.svg", command=command)):
            with self.assertRaisesRegex(ValueError, "^wellbehaved: mine.npz: expected a file$"):
                call()

    def test_without_the_command_it_is_said_how_to_install_it(self):
        kept = {name: os.environ.pop(name, None) for name in ("PATH", "HOME", "WELLBEHAVED_COMMAND")}
        os.environ.update(PATH=self.folder, HOME=self.folder)
        try:
            with self.assertRaisesRegex(wellbehaved.CommandNotFound, "dotnet tool install"):
                wellbehaved.diagnose("mine.npz")
        finally:
            for name, value in kept.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def test_a_command_in_a_folder_with_a_space_is_found_by_its_variable(self):
        folder = os.path.join(self.folder, "my programs")
        os.mkdir(folder)
        program = os.path.join(folder, "say")
        with open(program, "w") as file:
            file.write("#!/bin/sh\necho \"wellbehaved: $1\" >&2\nexit 2\n")
        kept = os.environ.pop("WELLBEHAVED_COMMAND", None)
        os.environ["WELLBEHAVED_COMMAND"] = f"'{program}' please"
        try:
            with self.assertRaisesRegex(wellbehaved.CommandNotFound, "a command that starts, got .*ermission"):
                wellbehaved.diagnose("mine.npz")
            os.chmod(program, 0o755)
            with self.assertRaisesRegex(ValueError, "^wellbehaved: please$"):
                wellbehaved.diagnose("mine.npz")
        finally:
            os.environ.pop("WELLBEHAVED_COMMAND")
            if kept is not None:
                os.environ["WELLBEHAVED_COMMAND"] = kept


class SubjectTests(FolderCase):
    """A subject that scales: given weights w, the signal is w times the input at depth 0 and 1."""

    def serve(self, *requests, propagate=None, **options):
        def scale(network, kernels, signal, noise):
            print("a stray line")
            for depth in range(network["total_depth"] + 1):
                yield depth, kernels[0][0, 0, 0, 0] * signal, kernels[0][0, 0, 0, 0] * noise

        answers = io.StringIO()
        kept = sys.stdin, sys.stdout
        sys.stdin, sys.stdout = io.StringIO("".join(json.dumps(request) + "\n" for request in requests)), answers
        try:
            subject.serve(propagate or scale, name="scales", **options)
        finally:
            sys.stdin, sys.stdout = kept
        return [json.loads(line) for line in answers.getvalue().splitlines()]

    def request(self, **fields):
        np.savez(self.path("in.npz"), signal=np.ones((2, 3, 1, 1, 4)), noise=np.full((2, 3, 1, 1, 4), 2.0), kernel_0=np.full((1, 1, 4, 4), 5.0))
        return {"id": 7, "request": "propagate", "network": {"total_depth": 2}, "input": self.path("in.npz"), "depths": [2], "tensors": True, "moments": True, "output": self.path("out.npz"), **fields}

    def test_it_describes_itself_and_stops(self):
        described, = self.serve({"id": 1, "request": "describe", "protocol": 1}, {"id": 2, "request": "stop"}, {"id": 3, "request": "describe", "protocol": 1}, boundaries=["periodic"], measure=moments.measure)
        self.assertEqual((1, "done", "scales", None, ["propagate"], ["periodic"], None, list(moments.NAMES)), tuple(described[key] for key in ("id", "status", "name", "version", "operations", "boundaries", "epsilons", "moments")))

    def test_given_weights_are_propagated_and_a_stray_line_disturbs_no_answer(self):
        answer, = self.serve(self.request(), measure=lambda x, dx: {"nu2_signal": float(np.mean(x ** 2))})
        self.assertEqual({"id": 7, "status": "done"}, answer)
        with np.load(self.path("out.npz")) as output:
            self.assertEqual({"signal", "noise", "nu2_signal"}, set(output.files))
            self.assertEqual((1, 2, 3, 1, 1, 4), output["signal"].shape, "depths 0 and 2")
            self.assertTrue((output["noise"] == 10).all() and (output["nu2_signal"] == 25).all())

    def test_simulations_are_numbered(self):
        def initialise(network, seed, simulation, inputs):
            yield np.full((1, 1, inputs, 4), seed + simulation)

        answer, = self.serve(self.request(request="simulate", seed=100, first=3, simulations=2, moments=False), initialise=initialise)
        self.assertEqual("done", answer["status"])
        with np.load(self.path("out.npz")) as output:
            self.assertEqual([103, 104], output["signal"][:, 0, 0, 0, 0, 0].tolist())

    def test_errors_and_what_is_declined_are_answers(self):
        def propagate(network, kernels, signal, noise):
            raise subject.Declined("no such boundary") if network["total_depth"] == 1 else KeyError("boundry")

        answers = self.serve(
            self.request(network={"total_depth": 1}), self.request(), self.request(unknown=3), {"id": 8, "request": "describe", "protocol": 3}, {"id": 9, "request": "sing"},
            self.request(request="simulate", seed=1, first=0, simulations=1), propagate=propagate)
        self.assertEqual(["declined", "error", "error", "error", "declined", "declined"], [answer["status"] for answer in answers])
        self.assertEqual("no such boundary", answers[0]["reason"])
        self.assertIn("boundry", answers[1]["reason"])
        self.assertIn("unknown", answers[2]["reason"])


class ImportTests(unittest.TestCase):
    def test_only_NumPy_is_imported_until_more_is_used(self):
        import subprocess
        script = "import sys, wellbehaved; wellbehaved.moments, wellbehaved.subject; sys.exit(any(name in sys.modules for name in ('torch', 'pandas')))"
        self.assertEqual(0, subprocess.run([sys.executable, "-c", script], check=False).returncode)
        with self.assertRaises(AttributeError):
            wellbehaved.nothing


if __name__ == "__main__":
    unittest.main()
