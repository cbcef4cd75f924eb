using System.Collections.Concurrent;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Result files in half and in single precision: rounding by the format is accepted, and a larger error is rejected.</summary>
public class RecordedFormatTests
{
    private const int Simulations = 24,
        Computed = 16;

    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, double[][]>>> Recorded = new();

    public static TheoryData<string, string> Kept
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var architecture in Architecture.Names)
            {
                data.Add(architecture, "half");
                data.Add(architecture, "single");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void A_right_file_is_not_rejected_in_a_coarser_format(string architecture, string format)
    {
        foreach (var withLogs in new[] { true, false })
        {
            var run = Audit(architecture, format, withLogs, _ => { });

            run.Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected, $"{architecture} {format} {withLogs}");
            run.Outcomes.Single(outcome => outcome.Check.ClaimId == "D1").Verdict.Should().BeOneOf(Verdict.Holds, Verdict.Inconclusive);
        }
    }

    [Theory]
    [InlineData("half", "chi", 1.01)]
    [InlineData("half", "mu2_signal", 1.01)]
    [InlineData("half", "mu2_noise", 0.98)]
    [InlineData("single", "chi", 1.0001)]
    [InlineData("single", "mu2_signal", 1.0001)]
    public void D1_a_forged_number_is_rejected_in_a_coarser_format(string format, string moment, double factor)
    {
        // One number of one simulation, with no logarithm beside it: χ, μ₂(dx) and μ₂(x) contradict each other.
        var run = Audit(
            "bn_ff",
            format,
            withLogs: false,
            arrays => Change(arrays, $"{moment}_loc2", (s, d, value) => s == 3 && d == 5 ? factor * value : value)
        );

        run.Outcomes.Single(outcome => outcome.Check.ClaimId == "D1")
            .Measurements.Should()
            .Contain(measurement =>
                measurement.Verdict == Verdict.Rejected && measurement.Quantity.Contains("chi_consistency_loc2, depth 24", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData(1, Verdict.Holds)]
    [InlineData(2, Verdict.Rejected)]
    public void D1_a_ratio_may_exceed_its_bound_by_the_roundings_of_its_moments_only(int steps, Verdict expected)
    {
        // Half precision knows each number between 1 and 2 to half a step of 2⁻¹⁰: two equal numbers are kept one step apart at most.
        var (nu2, mu2) = (1 + Math.ScaleB(1, -10), 1 + Math.ScaleB(1 + steps, -10));
        var file = MadeUpResultFile.Write(
            [1],
            [
                (
                    "nu2_signal_loc3",
                    [
                        [nu2],
                    ]
                ),
                (
                    "mu2_signal_loc3",
                    [
                        [mu2],
                    ]
                ),
            ]
        );

        ResultAudit
            .Judge("x", file, "vanilla", new RecordedExperiment())
            .Outcomes.Single(outcome => outcome.Check.ClaimId == "D1")
            .Verdict.Should()
            .Be(expected);
    }

    [Fact]
    public void The_rounding_allowance_of_a_format_bounds_the_actual_rounding()
    {
        var random = new Random(5);
        foreach (var scale in new[] { 1e-7, 1e-6, 1e-4, 1, 1e4 })
        {
            var numbers = Enumerable.Range(0, 2000).Select(_ => scale * (1 + random.NextDouble())).ToArray();
            double[] kept = [.. numbers.Select(Half)];
            var format = RecordedPrecision.Find([kept]);
            format.UnitRoundoff.Should().Be(Math.ScaleB(1, -11));
            for (var i = 0; i < numbers.Length; i++)
            {
                Math.Abs(Math.Log(kept[i] / numbers[i])).Should().BeLessThanOrEqualTo(format.LostByNumber(kept[i]) * (1 + 1e-12));
                Math.Abs(Half(Math.Log(numbers[i])) - Math.Log(numbers[i])).Should().BeLessThanOrEqualTo(format.LostByLogarithm(Half(Math.Log(numbers[i]))));
            }

            // No bound that says nothing: where numbers keep their digits it is a few times what happens.
            format.LostByNumber(1).Should().BeLessThan(5e-4);
        }
    }

    private static double Half(double value) => (double)(Half)value;

    private static VerificationRun Audit(string architecture, string format, bool withLogs, Action<Dictionary<string, double[][]>> change)
    {
        var arrays = new Dictionary<string, double[][]>(
            Recorded.GetOrAdd(architecture, _ => new(Run)).Value.Where(pair => withLogs || !pair.Key.StartsWith("log_", StringComparison.Ordinal))
        );
        change(arrays);
        foreach (var name in arrays.Keys.ToArray())
        {
            Change(arrays, name, (_, _, value) => format == "half" ? Half(value) : (float)value);
        }

        return ResultAudit.Judge(
            architecture,
            MadeUpResultFile.Write([.. Enumerable.Range(1, Computed).Select(i => 4L * i)], [.. arrays.Select(pair => (pair.Key, pair.Value))]),
            architecture,
            new RecordedExperiment(32, 24, 1)
        );

        Dictionary<string, double[][]> Run()
        {
            var options = new ExperimentOptions
            {
                Architecture = architecture,
                TotalDepth = 4 * Computed,
                KernelSize = 1,
                NumChannels = 32,
                BatchSize = 24,
                NumSims = Simulations,
                NumComputations = Computed,
                Epsilon = 0,
            };
            return Experiment
                .Prepare(options)
                .Run()
                .ToArrays()
                .Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles().Chunk(Computed).ToArray());
        }
    }

    private static void Change(Dictionary<string, double[][]> arrays, string name, Func<int, int, double, double> change) =>
        arrays[name] = [.. arrays[name].Select((row, s) => row.Select((value, d) => change(s, d, value)).ToArray())];
}
