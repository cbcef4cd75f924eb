using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a result file states once of each simulation is held against the rest: its input, its first convolution, its ending, its share.</summary>
public sealed class StatedOnceTests : IDisposable
{
    private const int Simulations = 12;
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nu2_signal_depth0", double.NaN, "ν₂ after the first convolution is not a number")]
    [InlineData("mu2_signal_depth0", double.PositiveInfinity, "μ₂ after the first convolution is infinite")]
    [InlineData("mu2_noise_depth0", double.NaN, "μ₂(dx) after the first convolution is not a number")]
    [InlineData("mu2_signal_depth0", 1e6, "μ₂ after the first convolution is larger than ν₂, of which it is a part,")]
    [InlineData("nu2_signal_depth0", 1e-6, "μ₂ after the first convolution is larger than ν₂, of which it is a part,")]
    [InlineData("mu2_signal_input", 0.0, "μ₂ of the input contradicts the normalisation of the images")]
    [InlineData("mu2_signal_input", 2.0, "μ₂ of the input contradicts the normalisation of the images")]
    [InlineData("mu2_signal_input", 1.001, "μ₂ of the input contradicts the normalisation of the images")]
    public void A_number_at_the_start_that_cannot_be_true_is_a_finding_of_every_command(string array, double value, string words) =>
        IsFound(With(ForgedResultFile.Write(_folder, "bn_res"), (array, value)), $"{words} in 1 of 12", "first at depth 0");

    [Theory]
    [InlineData("global", 1.5, true)]
    [InlineData("global", 0.5, false)]
    [InlineData("none", 1.5, false)]
    [InlineData("none", 0.0, true)]
    public void The_variance_of_the_input_is_held_against_its_normalisation_and_against_chi(string normalize, double value, bool isFound)
    {
        var path = ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "normalize", $"\"{normalize}\"");

        StatedContradictions.Findings(ResultFile.Read(With(path, ("mu2_signal_input", value)))).Should().HaveCount(isFound ? 1 : 0);
    }

    [Theory]
    [InlineData(Ending.DeadSignal)]
    [InlineData(Ending.ExtinctNoise)]
    [InlineData(Ending.NoVariance)]
    [InlineData(Ending.Overflow)]
    [InlineData(Ending.NotANumber)]
    public void An_ending_before_moments_that_go_on_is_a_finding_of_every_command(Ending ending)
    {
        var path = ForgedResultFile.With(ForgedResultFile.Write(_folder, "bn_res"), (name, array) => name == "died_at_depth" ? null : array);

        IsFound(
            With(path, ("ending", (int)ending), ("ended_at_depth", 24)),
            "an ending is said to come before the depth, and the moments go on, in 1 of 12",
            "first at depth 24"
        );
    }

    [Theory]
    [InlineData(24, 0, -1)]
    [InlineData(-1, 1, 24)]
    [InlineData(32, 1, 24)]
    [InlineData(16, 2, 24)]
    public void A_signal_that_died_beside_another_ending_is_refused_by_every_command(int died, int ending, int ended) =>
        IsRefused(
            With(ForgedResultFile.Write(_folder, "bn_res"), ("died_at_depth", died), ("ending", ending), ("ended_at_depth", ended)),
            $"expected one ending of each simulation, found {died} in 'died_at_depth' beside {ending} in 'ending' and {ended} in 'ended_at_depth', in row 3"
        );

    [Theory]
    [InlineData(new long[] { 1, int.MaxValue }, "expected the simulations of the share in 'shard', found others than those of share 1/2147483647")]
    [InlineData(new long[] { 2, 3 }, "expected the simulations of the share in 'shard', found others than those of share 2/3")]
    [InlineData(new long[] { 1 }, "expected two numbers in 'shard'")]
    public void A_share_of_other_simulations_than_the_rows_is_refused_by_every_command(long[] shard, string message) =>
        IsRefused(
            ForgedResultFile.With(ForgedResultFile.Write(_folder, "bn_res"), (_, array) => array, ("shard", NpyArray.From(shard, shard.Length))),
            message
        );

    [Theory]
    [InlineData("--architecture vanilla --kernel-size 1 --num-channels 2 --total-depth 64")]
    [InlineData("--architecture vanilla_res --kernel-size 1 --num-channels 1 --total-depth 24 --res-depth 3")]
    [InlineData("--architecture vanilla --kernel-size 3 --num-channels 1 --total-depth 20 --normalize none")]
    [InlineData("--architecture bn_ff --kernel-size 1 --num-channels 2 --total-depth 20 --normalize global")]
    [InlineData("--network vanilla --num-channels 2 --total-depth 64")]
    public void A_run_whose_simulations_end_contradicts_nothing(string options)
    {
        var path = Path.Combine(_folder, "ends.npz");
        CommandLine.Run([.. $"run {options} --batch-size 4 --num-sims 20 --out {path}".Split(' ')]).ExitStatus.Should().Be(0);

        StatedContradictions.Findings(ResultFile.Read(path)).Should().BeEmpty();
    }

    private void IsFound(string path, string words, string at)
    {
        var diagnosis = CommandLine.Run("diagnose", path);
        diagnosis.ExitStatus.Should().Be(3);
        Unwrapped(diagnosis.Output).Should().Contain($"{words} mappings, {at}");
        var plot = CommandLine.Run("plot", path, "--no-theory", "--out", Path.Combine(_folder, "figure.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Error.Should().Contain($"note: {path}: {words} simulations, {at}");
        var audit = CommandLine.Run("audit", "--results", path, "--architecture", "bn_res");
        audit.ExitStatus.Should().Be(1);
        Unwrapped(audit.Output).Should().MatchRegex("D1 bn_res .* REJECTED").And.Contain(words);
    }

    private void IsRefused(string path, string message)
    {
        foreach (
            var line in new[]
            {
                $"diagnose {path}",
                $"audit --results {path} --architecture bn_res",
                $"plot {path} --out {Path.Combine(_folder, "x.svg")}",
                $"merge {path} --out {Path.Combine(_folder, "x.npz")}",
            }
        )
        {
            var outcome = CommandLine.Run(line.Split(' '));
            outcome.ExitStatus.Should().Be(2, line);
            outcome.Error.Trim().Should().StartWith($"wellbehaved: {path}: {message}");
        }
    }

    /// <summary>Exchanges the number that arrays state of simulation 3.</summary>
    private static string With(string path, params (string Name, double Value)[] stated) =>
        ForgedResultFile.With(
            path,
            (name, array) =>
                Array.Find(stated, one => one.Name == name) is ({ }, var value)
                    ? NpyArray.From([.. array.ToDoubles().Select((number, i) => i == 3 ? value : number)], Simulations)
                    : array
        );

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
