using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// A result file that contradicts itself: every command refuses contradictory arrays and options, and reports contradictory numbers as findings.
/// </summary>
public sealed class ContradictoryFileTests : IDisposable
{
    private const int Simulations = 12;
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        "total_depth",
        "16",
        "expected 8 evenly spaced depths up to 16, as 'configuration' says, found others in 'depth'|expected depths up to 16, as 'configuration' "
            + "says, found 64 in 'depth'"
    )]
    [InlineData("total_depth", "128", "expected 8 evenly spaced depths up to 128, as 'configuration' says, found others in 'depth'")]
    [InlineData("num_computations", "16", "expected 16 evenly spaced depths up to 64, as 'configuration' says, found others in 'depth'")]
    [InlineData("res_depth", "3", "expected 3 in 'res_depth', as 'configuration' says, found 2")]
    [InlineData("architecture", "\"vanilla\"", "expected the 3 places of vanilla, as 'configuration' says, found")]
    [InlineData("num_sims", "13", "expected 13 simulations, as 'configuration' says, or an array 'simulation' that tells which they are, found 12")]
    [InlineData("num_sims", "11", "expected 11 simulations, as 'configuration' says, or an array 'simulation' that tells which they are, found 12")]
    public async Task An_option_that_contradicts_the_arrays_of_a_file_is_refused_by_every_command(string key, string value, string messages) =>
        await IsRefusedByEveryCommand(ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_res"), key, value), messages.Split('|'));

    [Theory]
    [InlineData("nu2_signal_depth0")]
    [InlineData("mu2_signal_input")]
    [InlineData("died_at_depth")]
    [InlineData("ending")]
    [InlineData("chi_loc4")]
    public async Task An_array_of_another_number_of_simulations_is_refused_by_every_command(string shortened)
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, "bn_res"),
            (name, array) =>
                name != shortened ? array : NpyArray.From(array.ToDoubles().AsSpan(0, array.Count / 2), [array.Shape[0] / 2, .. array.Shape.Skip(1)])
        );

        await IsRefusedByEveryCommand(path, shortened, "simulations in every array");
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10 }, null, null, "expected increasing indices of 12 of 24 simulations in 'simulation'")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, null, null, "expected increasing indices of 12 of 24 simulations in 'simulation'")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 24 }, null, null, "expected increasing indices of 12 of 24 simulations in 'simulation'")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, null, new long[] { 5, 3 }, "others than those of share 5/3")]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, null, new long[] { 2, 2 }, "others than those of share 2/2")]
    [InlineData(
        new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 },
        new long[] { 11, 12 },
        null,
        "expected 'missing_simulations' to hold the increasing indices of the 24 simulations that have no row"
    )]
    [InlineData(
        new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 },
        new long[] { 12, 12 },
        null,
        "expected 'missing_simulations' to hold the increasing indices of the 24 simulations that have no row"
    )]
    [InlineData(
        new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 },
        new long[] { 12 },
        null,
        "expected 'missing_simulations' to hold the increasing indices of the 24 simulations that have no row"
    )]
    public async Task Impossible_simulation_numbers_in_a_file_are_refused_by_every_command(long[] simulation, long[]? missing, long[]? shard, string message)
    {
        (string, NpyArray)[] more =
        [
            ("simulation", NpyArray.From(simulation, simulation.Length)),
            .. Given("missing_simulations", missing),
            .. Given("shard", shard),
        ];

        await IsRefusedByEveryCommand(
            ForgedResultFile.With(ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_res"), "num_sims", "24"), (_, array) => array, more),
            message
        );

        static IEnumerable<(string, NpyArray)> Given(string name, long[]? numbers) => numbers is null ? [] : [(name, NpyArray.From(numbers, numbers.Length))];
    }

    [Fact]
    public void A_file_without_full_configuration_is_not_checked_against_it()
    {
        var path = ForgedResultFile.WithConfiguration(
            ForgedResultFile.Write(_folder, "bn_ff"),
            _ => """{"architecture": "bn_ff", "total_depth": 100, "num_channels": 8}"""
        );
        ResultFile.Read(path).Depth[^1].Should().Be(64);

        var others = ForgedResultFile.WithConfiguration(ForgedResultFile.Write(_folder, "bn_ff"), _ => """{"architecture": "mine", "total_depth": 64}""");
        ResultFile.Read(others).Simulations.Should().Be(Simulations);
    }

    /// <summary>The findings are those of simulation 3 at the third computed depth, whatever the number was.</summary>
    [Theory]
    [InlineData("chi_loc4", -1.0, "χ at place 4 has a value that no signal has")]
    [InlineData("mu2_noise_loc2", -1e-9, "μ₂(dx) at place 2 has a value that no signal has")]
    [InlineData("log_chi_loc4", 3.25, "ln χ at place 4 is not the logarithm of the number beside it")]
    [InlineData("log_nu2_signal_loc2", 0.5, "ln ν₂ at place 2 is not the logarithm of the number beside it")]
    [InlineData("reff_signal_loc4", 5.1, "effective rank at place 4 has a value that no signal has")]
    [InlineData("mu2_signal_loc2 log_mu2_signal_loc2", 50.0, "μ₂ at place 2 is larger than ν₂, of which it is a part,")]
    public void A_number_that_contradicts_the_others_is_reported_as_a_finding(string names, double value, string words)
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, "bn_ff"),
            (name, array) =>
                !names.Split(' ').Contains(name)
                    ? array
                    : NpyArray.From(
                        [
                            .. array
                                .ToDoubles()
                                .Select(
                                    (number, i) =>
                                        i == (3 * 8) + 2
                                            ? name.StartsWith("log_mu2", StringComparison.Ordinal)
                                                ? Math.Log(value)
                                                : value
                                            : number
                                ),
                        ],
                        [.. array.Shape]
                    )
        );
        var finding = $"{words} in 1 of 12";

        var diagnosis = CommandLine.Run("diagnose", path);
        (diagnosis.ExitStatus, Unwrapped(diagnosis.Output))
            .Should()
            .Match<(int Status, string Text)>(
                outcome => outcome.Status == 3 && outcome.Text.Contains($"{finding} mappings, first at depth 24", StringComparison.Ordinal),
                diagnosis.Output
            );
        var plot = CommandLine.Run("plot", path, "--no-theory", "--out", Path.Combine(_folder, "figure.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Error.Should().Contain($"note: {path}: {finding} simulations, first at depth 24");
        CommandLine.Run("audit", "--results", path, "--architecture", "bn_ff").ExitStatus.Should().Be(1, "D1 or D2 is rejected");
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void A_correct_file_has_no_contradictions(string architecture) =>
        MomentContradictions.Find(ResultFile.Read(ForgedResultFile.Write(_folder, architecture))).Findings.Should().BeEmpty();

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private async Task IsRefusedByEveryCommand(string file, params string[] messages)
    {
        var message = FluentActions.Invoking(() => ResultFile.Read(file)).Should().Throw<InvalidInputException>().Which.Message;
        message.Should().StartWith(file).And.ContainAny(messages).And.NotContain("\n");
        (await Entry.RunAsync(["plot", file, "--no-theory", "--out", Path.Combine(_folder, "figure.svg")])).Should().Be(2);
        (await Entry.RunAsync(["diagnose", file])).Should().Be(2);
        (await Entry.RunAsync(["audit", "--results", file, "--architecture", "bn_res"])).Should().Be(2);
        (await Entry.RunAsync(["merge", file, "--allow-missing", "--out", Path.Combine(_folder, "merged.npz")])).Should().Be(2);
        File.Exists(Path.Combine(_folder, "figure.svg")).Should().BeFalse();
        File.Exists(Path.Combine(_folder, "merged.npz")).Should().BeFalse();
    }
}
