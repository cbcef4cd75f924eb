using System.Globalization;
using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Moments as CSV hold what the result file holds, and say what is no number.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly Networks.Network Mlp = new(
        "mlp",
        new(4, 4, 3),
        [
            new Networks.Flatten(),
            new Networks.Dense { Channels = 8 },
            new Networks.Repeat(
                3,
                [new Networks.Residual([new Networks.LayerNorm(), new Networks.Activation(new(Networks.FunctionKind.Gelu)), new Networks.Dense()])]
            ),
        ]
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("neutral")]
    [InlineData("author")]
    public void Every_number_of_the_file_is_in_the_table_bit_for_bit(string layout)
    {
        var file = ResultFile.Read(layout == "neutral" ? OfLayers() : ForgedResultFile.Write(_folder, "bn_res"));
        var (header, rows) = Read(Table(file));

        header.Take(5).Should().Equal("simulation", "depth", "place", "ends_unit", "state");
        var places = file.Places?.Count ?? file.Depth.Count * file.LastPlace;
        rows.Should().HaveCount(file.Simulations * places).And.OnlyContain(row => row["state"] == "alive");
        rows.Count(row => row["ends_unit"] == "true").Should().Be(file.Simulations * file.SequenceDepths.Count);
        rows.Where(row => row["ends_unit"] == "true" && row["simulation"] == "1")
            .Select(row => Number(row["log_chi"]))
            .Should()
            .Equal(file.FindLogAtEnds("chi")![1]);
        var compared = 0;
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
        {
            var simulation = int.Parse(row["simulation"], CultureInfo.InvariantCulture);
            var column = file.Places is null ? i / file.LastPlace % file.Depth.Count : i % file.Depth.Count;
            row["depth"].Should().Be(file.Depth[column].ToString(CultureInfo.InvariantCulture));
            foreach (var moment in header.Skip(5))
            {
                var held = file.Find(file.Places is null ? $"{moment}_{row["place"]}" : moment);
                (held is null || (moment.StartsWith("reff", StringComparison.Ordinal) && held[simulation][column] == EffectiveRank.NotComputed))
                    .Should()
                    .Be(row[moment].Length == 0, "an empty cell is one that nobody computed");
                if (row[moment].Length > 0)
                {
                    BitConverter.DoubleToInt64Bits(Number(row[moment])).Should().Be(BitConverter.DoubleToInt64Bits(held![simulation][column]));
                    compared++;
                }
            }
        }

        compared.Should().BeGreaterThan(100);
    }

    [Fact]
    public void The_exported_table_marks_missing_numbers_and_how_a_simulation_ended()
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, "bn_ff"),
            (name, array) =>
                name switch
                {
                    "nu2_signal_loc4" => Changed(array, (0, double.NaN), (1, double.PositiveInfinity), (2, double.NegativeInfinity), (3, 0.1)),
                    "log_nu2_signal_loc4" => Changed(array, (0, MomentSet.LogOfZero), (1, (float)MomentSet.LogOfZero)),
                    "reff_signal_loc4" => Changed(array, (0, -1)),
                    "chi_loc4" => null,
                    "ending" => Changed(array, (0, 1), (2, 4)),
                    "died_at_depth" => Changed(array, (0, DepthAt(1))),
                    "ended_at_depth" => Changed(array, (0, DepthAt(1)), (2, DepthAt(0))),
                    _ => array,
                }
        );

        var (_, all) = Read(Table(ResultFile.Read(path)));
        var rows = all.Where(row => row["place"] == "loc4").ToArray();

        rows.Take(4).Select(row => row["nu2_signal"]).Should().Equal("nan", "inf", "-inf", "0.1");
        rows.Take(2).Select(row => row["log_nu2_signal"]).Should().Equal("-inf", "-inf");
        rows[0]["reff_signal"].Should().BeEmpty();
        rows.Should().OnlyContain(row => row["chi"].Length == 0, "the file does not hold it");
        all.Where(row => row["place"] == "loc1").Should().OnlyContain(row => row["chi"].Length > 0);
        rows.Where(row => row["simulation"] == "0").Select(row => row["state"]).Take(3).Should().Equal("alive", "dead_signal", "dead_signal");
        rows.Where(row => row["simulation"] == "2").Select(row => row["state"]).Should().OnlyContain(state => state == "overflow");
        rows.Where(row => row["simulation"] == "1").Select(row => row["state"]).Should().OnlyContain(state => state == "alive");
    }

    [Fact]
    public void Exported_numbers_have_a_decimal_point_in_any_language_and_names_are_quoted()
    {
        var path = ForgedResultFile.With(
            OfLayers(new(Mlp.Name, Mlp.Input, [.. Mlp.Layers, new Networks.LayerNorm()])),
            (name, array) => name == "place" ? NpyArray.From([.. array.ToTexts().Select((text, i) => i == 0 ? "a,\"b\"\nc" : text)]) : array
        );
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = german;
            var table = Table(ResultFile.Read(path));
            table.Should().NotContain("\r").And.Contain("\"a,\"\"b\"\"").And.MatchRegex(@"true,alive,\d\.\d+,");
            table.Split('\n')[1].Should().StartWith("0,0,\"a,").And.EndWith(table.Split('\n')[1].Split(',')[^1]);
            Read(table).Rows.Should().HaveCount(ResultFile.Read(path).Places!.Count * 3);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void The_exported_table_of_a_share_has_the_simulation_numbers_of_the_share()
    {
        var options = ExperimentOptions.ForNetwork(Mlp, 4, 5) with { Dataset = "gaussian" };
        var path = Path.Combine(_folder, "share.npz");
        ResultFile.Write(path, Experiment.Prepare(options, shard: new Shard(2, 2)).Run());

        var file = ResultFile.Read(path);
        Read(Table(file))
            .Rows.Select(row => int.Parse(row["simulation"], CultureInfo.InvariantCulture))
            .Distinct()
            .Should()
            .Equal(Enumerable.Range(0, 5).Except(file.Missing))
            .And.NotContain(0);
    }

    [Fact]
    public void Run_and_export_write_the_same_table()
    {
        var (result, ran, exported) = (Path.Combine(_folder, "x.npz"), Path.Combine(_folder, "ran.csv"), Path.Combine(_folder, "exported.csv"));
        File.WriteAllText(ran, "an older table");

        var run = CommandLine.Run(
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "3",
            "--kernel-size",
            "1",
            "--num-channels",
            "4",
            "--batch-size",
            "4",
            "--num-sims",
            "2",
            "--out",
            result,
            "--csv",
            ran
        );
        run.ExitStatus.Should().Be(0, run.Error);
        run.Output.Should().EndWith($"moments: written to {ran}{Environment.NewLine}");
        CommandLine
            .Run("export", result, "--csv", exported)
            .Should()
            .BeEquivalentTo(
                new
                {
                    ExitStatus = 0,
                    Output = $"moments: written to {exported}{Environment.NewLine}",
                    Error = "",
                }
            );

        File.ReadAllBytes(exported).Should().Equal(File.ReadAllBytes(ran)).And.StartWith("simulation,depth,"u8.ToArray());
        File.ReadAllText(ran).Should().Be(Table(ResultFile.Read(result)));
    }

    [Theory]
    [InlineData("{0}", "--csv: expected with export, got nothing")]
    [InlineData("{0} --csv {0}", "--csv: expected another file than")]
    [InlineData("{0} --csv {1}", "--csv: expected another file than")]
    [InlineData("{0} --csv {2}/none/x.csv", "--csv: expected a file in an existing folder")]
    [InlineData("{2}/nothing.npz --csv {2}/x.csv", "nothing.npz")]
    [InlineData("{2}/broken.npz --csv {2}/x.csv", "broken.npz")]
    public void Bad_input_of_export_is_refused_in_one_line_and_nothing_is_written(string arguments, string words)
    {
        var result = ForgedResultFile.Write(_folder, "bn_ff");
        var link = Path.Combine(_folder, "link.csv");
        File.CreateSymbolicLink(link, result);
        File.WriteAllText(Path.Combine(_folder, "broken.npz"), "no archive");
        var (before, files) = (File.ReadAllBytes(result), Directory.GetFiles(_folder));

        var outcome = CommandLine.Run(["export", .. string.Format(CultureInfo.InvariantCulture, arguments, result, link, _folder).Split(' ')]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().NotContain("\n").And.Contain(words);
        File.ReadAllBytes(result).Should().Equal(before);
        Directory.GetFiles(_folder).Should().BeEquivalentTo(files);
    }

    /// <summary>The three lines of the page, and that pandas has of the table what the Python package reads of the result file.</summary>
    [Fact]
    public void The_Python_lines_in_the_documentation_read_the_exported_table()
    {
        var file = ResultFile.Read(OfLayers());
        MomentCsv.Write(Path.Combine(_folder, "mine.csv"), file);
        var means = file.SequenceDepths.Select((_, i) => file.FindLogAtEnds("chi")!.Average(row => row[i]));
        var lines = Repository.Blocks("docs/tables.md", "python").Single().Text;
        lines.Trim().Split('\n').Should().HaveCount(3);

        // Where there is no pandas the table is read by what Python has of its own.
        var (python, script) = NumPy.With("pandas") is { } found
            ? (
                found,
                $"{lines}\nprint(*(repr(float(value)) for value in curves.log_chi))\nassert table.ends_unit.dtype == bool and "
                    + $"table.reff_signal.isna().any(), table.dtypes\nassert repr(float(table.chi.iloc[-1])) == '{file.Find("chi")![^1][^1]:R}'"
            )
            : (
                NumPy.Missing is null ? NumPy.Python : "python3",
                "import csv, collections\ncurves = collections.defaultdict(list)\nfor row in csv.DictReader(open('mine.csv')):\n    if "
                    + "row['ends_unit'] == 'true': curves[int(row['depth'])].append(float(row['log_chi']))\nprint(*(repr(sum(values) / len(values)) for "
                    + "values in curves.values()))"
            );
        var outcome = CommandLine.Run(python, ["-c", $"import os\nos.chdir({System.Text.Json.JsonSerializer.Serialize(_folder)})\n{script}"]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        var printed = outcome.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Number).ToArray();
        printed.Should().HaveCount(file.SequenceDepths.Count);
        printed.Zip(means).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
    }

    private string OfLayers() => OfLayers(Mlp);

    private string OfLayers(Networks.Network network)
    {
        var path = Path.Combine(_folder, "mlp.npz");
        ResultFile.Write(path, Experiment.Prepare(ExperimentOptions.ForNetwork(network, 4, 3) with { Dataset = "gaussian" }).Run());
        return path;
    }

    private long DepthAt(int index) => ResultFile.Read(Path.Combine(_folder, "bn_ff.npz")).Depth[index];

    private static NpyArray Changed(NpyArray array, params (int Index, double Value)[] changes)
    {
        var values = array.ToDoubles();
        foreach (var (index, value) in changes)
        {
            values[index] = value;
        }

        return NpyArray.From(values, [.. array.Shape]);
    }

    private static string Table(ResultFile file)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        MomentCsv.Write(writer, file);
        return writer.ToString();
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static (string[] Header, List<Dictionary<string, string>> Rows) Read(string table)
    {
        var lines = table.TrimEnd('\n').Split('\n');
        var header = lines[0].Split(',');
        return (header, [.. lines.Skip(1).Select(line => header.Zip(Cells(line)).ToDictionary(pair => pair.First, pair => pair.Second))]);
    }

    private static List<string> Cells(string line)
    {
        var (cells, quoted) = (new List<string> { "" }, false);
        foreach (var sign in line)
        {
            quoted ^= sign == '"';
            if (sign == ',' && !quoted)
            {
                cells.Add("");
            }
            else
            {
                cells[^1] += sign;
            }
        }

        return cells;
    }
}
