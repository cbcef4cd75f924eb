using System.Globalization;
using System.Text;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Bench;

/// <summary>Puts the measured error rates into the tables of docs/verdicts.md.</summary>
internal static class RatesTable
{
    /// <summary>Prints Markdown.</summary>
    /// <param name="referencePath">What <see cref="ReferenceExperiment"/> wrote.</param>
    /// <param name="diagnosesPath">What <see cref="DiagnosisExperiment"/> wrote.</param>
    /// <param name="mutantsPath">What <see cref="MutantExperiment"/> wrote.</param>
    public static void Print(string referencePath, string diagnosesPath, string mutantsPath)
    {
        var rows = File.ReadLines(referencePath).Skip(1).Select(line => line.Split(',')).ToArray();
        var measurements = rows.Where(row => row[1] != "diagnosis").ToArray();
        var seeds = rows.Select(row => row[0]).Distinct().Count();
        Write($"The quick suite on the reference, seeds 0 to {seeds - 1}: {measurements.Length} measurements, {Count(measurements, "Rejected")} rejected, {Count(measurements, "Inconclusive")} inconclusive.\n");
        Write("| claim | architectures | measurements a seed | rejected | inconclusive | deviation of z | P(KS) of the p-values | smallest p |");
        Write("|---|---|---|---|---|---|---|---|");
        foreach (var claim in measurements.GroupBy(row => row[1]).OrderBy(claim => Audit.ClaimLedger.Claims.TakeWhile(candidate => candidate.Id != claim.Key).Count()))
        {
            double[] z = [.. claim.Where(IsStandardised).Select(row => double.Parse(row[5], CultureInfo.InvariantCulture)).Where(double.IsFinite)];
            var statistics = z.Length == 0 ? "– | – | –" : Invariant($"{Math.Sqrt(z.Average(value => value * value)):F3} | {KolmogorovSmirnov(z):F3} | {z.Min(PValue):E1}");
            Write(Invariant($"| {claim.Key} | {claim.Select(row => row[2]).Distinct().Count()} | {(double)claim.Count() / seeds:F0} | {Count([.. claim], "Rejected")} | {Count([.. claim], "Inconclusive")} | {statistics} |"));
        }

        Write("\nThe four architectures at depth 200 (width 128, batch 32, 48 mappings):\n");
        Write("| architecture | well-behaved | pathological signal | pathological SNR | undecided |");
        Write("|---|---|---|---|---|");
        foreach (var architecture in File.ReadLines(diagnosesPath).Skip(1).Select(line => line.Split(',')).GroupBy(row => row[1]))
        {
            Write($"| {architecture.Key} | {architecture.Count(row => row[2] == "WellBehaved")} | {architecture.Count(row => row[2] == "PathologicalSignal")} | {architecture.Count(row => row[2] == "PathologicalSnr")} | {architecture.Count(row => row[2] == "Undecided")} |");
        }

        Write("\n| mutant | claim | architecture | seeds | rejected |");
        Write("|---|---|---|---|---|");
        foreach (var mutant in File.ReadLines(mutantsPath).Skip(1).Select(line => line.Split(',')))
        {
            Write($"| {mutant[0]} | {mutant[1]} | {mutant[2]} | {mutant[3]} | {mutant[4]} |");
        }
    }

    /// <summary>Whether the deviation is a standardised one: neither a number of tolerances, nor a distance of distributions, nor a share counted from one half.</summary>
    private static bool IsStandardised(string[] row) =>
        row[7] == "False" && !row[3].StartsWith("share of mappings", StringComparison.Ordinal) && !row[3].StartsWith("distribution of", StringComparison.Ordinal) && !row[3].StartsWith("shape p", StringComparison.Ordinal);

    private static double PValue(double z) => 2 * Normal.CDF(0, 1, -Math.Abs(z));

    /// <summary>The asymptotic p-value of the distance between the p-values and the uniform distribution.</summary>
    private static double KolmogorovSmirnov(double[] z)
    {
        double[] sorted = [.. z.Select(PValue).Order()];
        var distance = sorted.Select((value, i) => Math.Max(((i + 1.0) / sorted.Length) - value, value - ((double)i / sorted.Length))).Maximum();
        var scaled = distance * Math.Sqrt(sorted.Length);
        return Math.Clamp(2 * Enumerable.Range(1, 100).Sum(k => (k % 2 == 1 ? 1 : -1) * Math.Exp(-2.0 * k * k * scaled * scaled)), 0, 1);
    }

    private static int Count(string[][] rows, string verdict) => rows.Count(row => row[4] == verdict);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Write(string line)
    {
        Console.OutputEncoding = Encoding.UTF8;
        Console.WriteLine(line);
    }
}
