using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;
using Wellbehaved.Figures;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Files with a column for each place, as recorders of other programs write them.</summary>
public sealed class NeutralFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Of a depth the last place counts, and the effective rank where it was computed.</summary>
    [Fact]
    public void In_a_file_without_a_network_the_last_place_of_a_depth_is_the_end_of_its_unit()
    {
        var file = Read(
            ("depth", NpyArray.From([0L, 1, 1, 2, 2], 5)),
            ("place", NpyArray.From(["input", "conv1", "relu1", "conv2", "relu2"])),
            ("chi", NpyArray.From([1.0, 9, 2, 9, 4, 1, 9, 3, 9, 5], 2, 5)),
            ("log_nu2_signal", NpyArray.From([0.0, 9, -1, 9, -2, 0, 9, -1, 9, -2], 2, 5)),
            ("reff_signal", NpyArray.From([-1.0, -1, 7, -1, 6, -1, -1, 5, -1, 4], 2, 5))
        );

        file.Places.Should().Equal("input", "conv1", "relu1", "conv2", "relu2");
        file.SequenceDepths.Should().Equal(1, 2);
        file.FindAtEnds("chi")!.SelectMany(row => row).Should().Equal(2, 4, 3, 5);
        file.FindLogAtEnds("nu2_signal")!.SelectMany(row => row).Should().Equal(-1, -2, -1, -2);
        file.FindRanks("reff_signal")!.SelectMany(row => row).Should().Equal(7, 6, 5, 4);
        file.NetworkName.Should().BeNull();
        var table = MomentTable.Read(file);
        table.Depths.Should().Equal(1, 2);
        table.LogChi!.SelectMany(row => row).Should().Equal(Math.Log(2), Math.Log(4), Math.Log(3), Math.Log(5));
    }

    [Fact]
    public void A_diagnosis_over_a_single_point_names_the_quantities_that_do_not_exist()
    {
        const double not = double.NaN;
        Diagnosis
            .Diagnose(MomentTable.Read(Of(1)))
            .Sentence.Should()
            .Be("Undecided: χ and directions of variance are not defined for the single point of the file.");
        Diagnosis
            .Diagnose(MomentTable.Read(Of(2)))
            .Sentence.Should()
            .Be("Undecided: there are neither effective ranks nor χ.", "two inputs that are equal are no single point");

        ResultFile Of(int inputs) =>
            Read(
                ("depth", NpyArray.From([1L, 2, 3], 3)),
                ("mu2_signal", NpyArray.From([0.0, 0, 0, 0, 0, 0], 2, 3)),
                ("log_chi", NpyArray.From([not, not, not, not, not, not], 2, 3)),
                ("configuration", NpyArray.From($"{{\"network\": \"theirs\", \"batch_size\": {inputs}}}"))
            );
    }

    [Fact]
    public void Place_names_may_be_missing_and_a_configuration_may_hold_only_a_name()
    {
        var file = Read(
            ("depth", NpyArray.From([1L, 2, 3], 3)),
            ("chi", NpyArray.From([1.0, 2, 3], 1, 3)),
            ("configuration", NpyArray.From("{\"network\": \"theirs\"}"))
        );

        file.Places.Should().Equal("depth 1", "depth 2", "depth 3");
        file.NetworkName.Should().Be("theirs");
        file.FindRanks("reff_signal").Should().BeNull();
    }

    [NumPyFact]
    public void A_result_file_that_NumPy_wrote_is_diagnosed_and_plotted()
    {
        var path = Path.Combine(_folder, "theirs.npz");
        const string script = """
            import sys
            import numpy as np
            random = np.random.default_rng(1)
            depth = np.repeat(np.arange(1, 41), 2)
            log_chi = 0.1 * depth + 0.05 * random.standard_normal((30, 80))
            np.savez(sys.argv[1], depth=depth, place=np.array([f"{d} {w}" for d in range(1, 41) for w in ("linear", "relu")]), log_chi=log_chi,
                log_nu2_signal=0.01 * random.standard_normal((30, 80)), log_mu2_signal=0.01 * random.standard_normal((30, 80)) - 1, reff_signal=8 + random.random((30, 80)),
                something_else=np.array(["x"]))
            """;
        CommandLine.Run(NumPy.Python, ["-c", script, path]).ExitStatus.Should().Be(0);

        var diagnosis = CommandLine.Run("diagnose", path);
        diagnosis.ExitStatus.Should().Be(0, diagnosis.Output + diagnosis.Error);
        diagnosis.Output.Should().StartWith("Pathological SNR").And.Contain("30 of 30 mappings");
        var plot = CommandLine.Run("plot", path, "--out", Path.Combine(_folder, "theirs.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Output.Should().StartWith("theirs: signal and noise by depth");
        plot.Error.Should().Contain("note: ").And.Contain("of the noise is not in the file");
    }

    /// <summary>Which places form the sequence is for the file to say: a head after the last unit is no unit.</summary>
    [Fact]
    public void Ends_of_units_that_a_file_marks_form_its_sequence()
    {
        var file = Read(
            ("depth", NpyArray.From([0L, 1, 1, 1, 2, 2, 3], 7)),
            ("end_of_unit", NpyArray.From([0L, 0, 1, 0, 1, 1, 0], 7)),
            ("chi", NpyArray.From([1.0, 2, 3, 4, 5, 6, 7], 1, 7)),
            ("reff_signal", NpyArray.From([-1.0, 8, 7, -1, 6, 5, -1], 1, 7))
        );

        file.SequenceDepths.Should().Equal(1, 2);
        file.FindAtEnds("chi")!.Single().Should().Equal([3, 6], "of two ends at one depth the last counts");
        file.FindRanks("reff_signal")!.Single().Should().Equal([7, 5], "ranks are read at the ends too, where all of them have one");
    }

    /// <summary>
    /// The finding names the place where the file has names, and a diagnosis concludes nothing, wherever between the ends of units the number is.
    /// </summary>
    [Theory]
    [InlineData("nu2_signal", 1, -1.0, "ν₂ has a value that no signal has", "depth 1, place 1.1 relu")]
    [InlineData("mu2_signal log_mu2_signal", 3, 50.0, "μ₂ is larger than ν₂, of which it is a part,", "depth 2, place 2.1 relu")]
    [InlineData("log_chi", 2, 9.0, "ln χ is not the logarithm of the number beside it", "depth 2, place 2.0 linear")]
    [InlineData("chi", 3, -2.0, "χ has a value that no signal has", "depth 2, place 2.1 relu")]
    [InlineData("mu2_noise", 0, -1e-9, "μ₂(dx) has a value that no signal has", "depth 1, place 1.0 linear")]
    public void A_number_that_contradicts_the_others_is_a_finding(string moment, int place, double value, string words, string where)
    {
        var file = ResultFile.Read(
            WriteSound(
                (name, values) =>
                    values[4 + place] =
                        name == moment.Split(' ')[0] ? value
                        : moment.Split(' ').Contains(name) ? Math.Log(value)
                        : values[4 + place]
            )
        );

        MomentContradictions.Find(file).Findings.Should().ContainSingle().Which.ToString().Should().Be($"{words} in 1 of 3 simulations, first at {where}");
        Diagnosis.Diagnose(MomentTable.Read(file)).Sentence.Should().StartWith($"Undecided: {words} in 1 of 3 mappings");
        ResultAudit.OfPlaces("theirs.npz", file, "theirs").ByClaim.Should().Contain(KeyValuePair.Create("D1", Verdict.Rejected));
    }

    [Fact]
    public void Every_command_reports_a_contradiction_in_a_file()
    {
        var path = WriteSound((name, values) => values[6] = name == "nu2_signal" ? -1 : values[6]);

        var diagnosis = CommandLine.Run("diagnose", path);
        diagnosis.ExitStatus.Should().Be(3, diagnosis.Output);
        diagnosis.Output.Should().StartWith("Undecided: ν₂ has a value that no signal has");
        var plot = CommandLine.Run("plot", path, "--out", Path.Combine(_folder, "figure.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Error.Should().Contain($"note: {path}: ν₂ has a value that no signal has in 1 of 3 simulations, first at depth 2, place 2.0 linear");
        var audit = CommandLine.Run("audit", "--results", path);
        audit.ExitStatus.Should().Be(1, audit.Output);
        audit.Output.Should().MatchRegex("D1 +theirs .* REJECTED");
    }

    [Fact]
    public void A_correct_file_is_judged_by_the_claims_of_every_network_and_missing_parts_are_named()
    {
        var path = WriteSound((_, _) => { });

        var audit = CommandLine.Run("audit", "--results", path, "--json", Path.Combine(_folder, "verdicts.json"), "--report", _folder);

        audit.ExitStatus.Should().Be(0, audit.Output + audit.Error);
        audit
            .Output.Should()
            .MatchRegex("D1 +theirs .* holds")
            .And.MatchRegex("D2 +theirs .* holds")
            .And.Contain("2 of 2 claims hold (2 of 2 checks), 0 rejected, 0 inconclusive");
        Unwrapped(audit.Output)
            .Should()
            .Contain("theirs: Undecided")
            .And.Contain("not judged: O1")
            .And.Contain("the file does not say which layers do")
            .And.NotContain("bn_ff:");
        File.ReadAllText(Path.Combine(_folder, "report.html")).Should().Contain("<th scope=\"col\">theirs</th>").And.NotContain("bn_ff</th>");
    }

    [Fact]
    public void Single_points_and_dead_signals_are_no_contradictions()
    {
        // The second place of the second simulation is dead; the last place has a single point in all.
        var path = WriteSound(
            (name, values) =>
            {
                foreach (var at in new[] { 5, 6 })
                {
                    values[at] =
                        name.StartsWith("log", StringComparison.Ordinal) ? (at == 5 ? double.NegativeInfinity : -744.4400719213812)
                        : name.StartsWith("reff", StringComparison.Ordinal) ? -1
                        : 0;
                }

                foreach (var last in new[] { 3, 7, 11 })
                {
                    values[last] =
                        name is "chi" or "log_chi" or "log_mu2_signal" ? double.NaN
                        : name is "reff_signal" ? -1
                        : name is "mu2_signal" or "mu4_signal" ? 0
                        : values[last];
                }
            }
        );

        var file = ResultFile.Read(path);

        ResultAudit.OfPlaces(path, file, "theirs").Verdict.Should().Be(Verdict.Holds);
        MomentContradictions.Find(file).Findings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("chi_loc4")]
    [InlineData("reff_signal_loc1")]
    public async Task A_stray_array_of_the_other_layout_is_refused_and_named(string stray)
    {
        var path = ForgedResultFile.With(WriteSound((_, _) => { }), (_, array) => array, (stray, NpyArray.From([1.0, 1, 1, 1], 1, 4)));

        foreach (
            var command in (string[][])
                [
                    ["diagnose", path],
                    ["plot", path, "--out", Path.Combine(_folder, "figure.svg")],
                    ["audit", "--results", path],
                    ["audit", "--results", path, "--architecture", "bn_ff"],
                ]
        )
        {
            (await Entry.RunAsync(command)).Should().Be(2);
        }

        FluentActions
            .Invoking(() => ResultFile.Read(path))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .StartWith($"{path}: expected either arrays with a column for each place or arrays locK of one place each, found both 'place' and ")
            .And.Contain($"'{stray}'")
            .And.NotContain("\n");
    }

    [Fact]
    public void An_array_whose_name_only_resembles_a_place_does_not_disturb_reading()
    {
        var path = ForgedResultFile.With(
            WriteSound((_, _) => { }),
            (_, array) => array,
            ("my_location", NpyArray.From(["here"])),
            ("x_loc", NpyArray.From([1.0]))
        );

        ResultFile.Read(path).Places.Should().HaveCount(4);
    }

    [Theory]
    [InlineData("--architecture", "bn_ff")]
    [InlineData("--num-channels", "64")]
    [InlineData("--boundary", "")]
    public void An_audit_of_a_file_with_places_refuses_sizes_of_an_architecture(string option, string value)
    {
        var outcome = CommandLine.Run("audit", "--results", WriteSound((_, _) => { }), option, value);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain($"wellbehaved: {option}: expected without").And.Contain("the places of a described network");
    }

    /// <summary>Whatever makes a curve impossible is told apart: nobody looks for an array that is there.</summary>
    [Theory]
    [InlineData("left out", "is not in the file")]
    [InlineData("NaN", "is not finite in the file")]
    [InlineData("infinite", "is not finite in the file")]
    public void A_figure_distinguishes_missing_moments_from_moments_that_are_not_finite(string spoilt, string words)
    {
        var path = ForgedResultFile.With(
            WriteSound((_, _) => { }),
            (name, array) =>
                name is not ("chi" or "log_chi") ? array
                : spoilt == "left out" ? null
                : NpyArray.From([.. Enumerable.Repeat(spoilt == "NaN" ? double.NaN : double.PositiveInfinity, (int)array.Count)], [.. array.Shape])
        );

        Missing(path)[0].Should().Be($"χ {words}");
        var ranks = ForgedResultFile.With(
            path,
            (name, array) => name == "reff_signal" ? NpyArray.From([.. Enumerable.Repeat(-1.0, (int)array.Count)], [.. array.Shape]) : array
        );
        Missing(ranks)[1].Should().Be("r_eff of the signal was not computed in the file; r_eff of the noise is not in the file");

        static string[] Missing(string path) =>
            [.. NetworkFigure.Draw([("theirs", ResultFile.Read(path))]).Panels.Select(panel => Markup.Plain(panel.Missing ?? ""))];
    }

    /// <summary>Of a file in the author's layout too, an architecture that was guessed for the drawing is not its name.</summary>
    [Theory]
    [InlineData("{\"network\": \"my own\"}", "my own: signal and noise by depth")]
    [InlineData(null, "bn_res: signal and noise by depth")]
    public void A_figure_is_titled_by_the_name_in_the_file(string? configuration, string title)
    {
        var sound = ForgedResultFile.Write(_folder, "bn_res");
        var path = configuration is null ? sound : ForgedResultFile.WithConfiguration(sound, _ => configuration);

        CommandLine.Run("plot", path, "--no-theory", "--out", Path.Combine(_folder, "figure.svg")).Output.Should().StartWith(title);
    }

    [Fact]
    public void Diagnose_does_not_replace_an_existing_result_or_journal()
    {
        var output = Path.Combine(_folder, "kept.npz");
        foreach (var earlier in new[] { output, output + ".journal" })
        {
            File.WriteAllText(earlier, "precious");
            var outcome = CommandLine.Run(
                "diagnose",
                "pre_ln_mlp",
                "--num-channels",
                "4",
                "--total-depth",
                "4",
                "--num-sims",
                "2",
                "--batch-size",
                "4",
                "--out",
                output
            );
            outcome.ExitStatus.Should().Be(2);
            outcome.Error.Should().StartWith($"wellbehaved: --out: expected no file at {earlier}");
            File.ReadAllText(earlier).Should().Be("precious");
            File.Delete(earlier);
        }

        using var held = OutputLock.Take(output);
        CommandLine
            .Run("diagnose", "pre_ln_mlp", "--num-channels", "4", "--total-depth", "4", "--num-sims", "2", "--batch-size", "4", "--out", output)
            .Error.Should()
            .Contain("expected a file that no other process is working on");
    }

    [Theory]
    [InlineData("depths fall")]
    [InlineData("no depth")]
    [InlineData("names of other places")]
    [InlineData("numbers as names")]
    [InlineData("columns of other places")]
    [InlineData("places of another network")]
    [InlineData("a network that is none")]
    [InlineData("a network and an architecture")]
    [InlineData("a negative depth")]
    [InlineData("ends of other units")]
    [InlineData("no end of a unit")]
    public void Inconsistent_arrays_of_places_are_refused_in_one_line(string spoilt)
    {
        const string network = "{\"name\": \"n\", \"input\": [1, 1, 2], \"layers\": [\"dense\", \"dense\"]}";
        var arrays = new Dictionary<string, NpyArray>
        {
            ["depth"] = NpyArray.From([1L, 2], 2),
            ["place"] = NpyArray.From(["a", "b"]),
            ["chi"] = NpyArray.From([1.0, 2], 1, 2),
        };
        switch (spoilt)
        {
            case "depths fall":
                arrays["depth"] = NpyArray.From([2L, 1], 2);
                break;
            case "no depth":
                arrays.Remove("depth");
                break;
            case "names of other places":
                arrays["place"] = NpyArray.From(["a", "b", "c"]);
                break;
            case "numbers as names":
                arrays["place"] = NpyArray.From([1L, 2], 2);
                break;
            case "columns of other places":
                arrays["chi"] = NpyArray.From([1.0, 2, 3], 1, 3);
                break;
            case "places of another network":
                arrays["depth"] = NpyArray.From([1L, 3], 2);
                arrays["configuration"] = NpyArray.From($"{{\"network\": {network}, \"batch_size\": 2, \"num_sims\": 1}}");
                break;
            case "a network that is none":
                arrays["configuration"] = NpyArray.From(
                    $"{{\"network\": {network.Replace("\"dense\", ", "\"dence\", ", StringComparison.Ordinal)}, \"batch_size\": 2, \"num_sims\": 1}}"
                );
                break;
            case "a network and an architecture":
                arrays["configuration"] = NpyArray.From($"{{\"network\": {network}, \"architecture\": \"bn_ff\", \"batch_size\": 2, \"num_sims\": 1}}");
                break;
            case "a negative depth":
                arrays["depth"] = NpyArray.From([-1L, 1], 2);
                break;
            case "ends of other units":
                arrays["end_of_unit"] = NpyArray.From([0L, 1, 1], 3);
                break;
            case "no end of a unit":
                arrays["end_of_unit"] = NpyArray.From([0L, 0], 2);
                break;
        }

        var path = Path.Combine(_folder, "spoilt.npz");
        NpzArchive.Write(path, arrays);
        foreach (var command in new[] { "diagnose", "plot" })
        {
            var outcome = CommandLine.Run([command, path, .. command == "plot" ? ["--out", Path.Combine(_folder, "figure.svg")] : Array.Empty<string>()]);
            outcome.ExitStatus.Should().Be(2, outcome.Output);
            outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {path}: expected").And.NotContain("\n");
        }

        Directory.GetFiles(_folder).Should().ContainSingle("nothing is written");
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A file of three simulations at four places, in which every number fits the others, but for what a test changes.</summary>
    private string WriteSound(Action<string, double[]> change)
    {
        const int simulations = 3;
        double[] mu2 = [1.0, 0.7, 0.9, 0.5],
            noise = [1.1, 0.9, 1.3, 0.8];
        var arrays = new Dictionary<string, NpyArray>
        {
            ["depth"] = NpyArray.From([1L, 1, 2, 2], 4),
            ["place"] = NpyArray.From(["1.0 linear", "1.1 relu", "2.0 linear", "2.1 relu"]),
            ["configuration"] = NpyArray.From("{\"network\": \"theirs\", \"batch_size\": 9}"),
            ["channels"] = NpyArray.From([6L, 6, 6, 6], 4),
            ["points"] = NpyArray.From([9L, 9, 9, 9], 4),
        };
        Add("mu2_signal", (s, p) => mu2[p] * (1 + (0.01 * s)));
        Add("nu2_signal", (s, p) => 1.5 * mu2[p] * (1 + (0.01 * s)));
        Add("nu1_abs_signal", (s, p) => mu2[p]);
        Add("mu4_signal", (s, p) => 3 * mu2[p] * mu2[p]);
        Add("mu2_noise", (_, p) => noise[p]);
        Add("chi", Chi);
        Add("log_mu2_signal", (s, p) => Math.Log(mu2[p] * (1 + (0.01 * s))));
        Add("log_nu2_signal", (s, p) => Math.Log(1.5 * mu2[p] * (1 + (0.01 * s))));
        Add("log_mu2_noise", (_, p) => Math.Log(noise[p]));
        Add("log_chi", (s, p) => Math.Log(Chi(s, p)));
        Add("reff_signal", (_, p) => p % 2 == 0 ? -1 : 4 - p);
        var path = Path.Combine(_folder, "sound.npz");
        NpzArchive.Write(path, arrays);
        return path;

        // Relative to an input of a variance of its own in each simulation.
        double Chi(int s, int p) => Math.Sqrt(noise[p] / (mu2[p] * (1 + (0.01 * s))) * (1 + s));

        void Add(string name, Func<int, int, double> of)
        {
            double[] values = [.. Enumerable.Range(0, simulations).SelectMany(s => Enumerable.Range(0, 4).Select(p => of(s, p)))];
            change(name, values);
            arrays[name] = NpyArray.From(values, simulations, 4);
        }
    }

    private ResultFile Read(params (string Name, NpyArray Array)[] arrays)
    {
        var path = Path.Combine(_folder, "neutral.npz");
        NpzArchive.Write(path, arrays.Select(array => KeyValuePair.Create(array.Name, array.Array)));
        return ResultFile.Read(path);
    }
}
