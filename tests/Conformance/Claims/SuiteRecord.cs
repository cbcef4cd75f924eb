using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What each check measured on the reference when the record was last written: every number of the quick suite at one seed.</summary>
/// <remarks>
/// A claim that holds says little of how it was checked: with a tolerance ten times as wide it would still hold, and every wrong implementation be
/// rejected. The record makes such a change visible in review. Written anew by <c>bench -- record FILE</c> when a check is meant to change.
/// </remarks>
public static class SuiteRecord
{
    /// <summary>The seed of the record.</summary>
    public const ulong Seed = 20190611;

    private const string Header = "check\tverdict\tquantity\tpredicted\tmeasured\tdeviation\tsamples\tdetectable\ttolerance\tfalse_fail\tremark";

    /// <summary>One measurement of a check.</summary>
    public sealed record Row(
        string Check,
        string Verdict,
        string Quantity,
        double Predicted,
        double Measured,
        double Deviation,
        long Samples,
        double Detectable,
        double Tolerance,
        double FalseFailRate,
        string Remark
    )
    {
        /// <summary>Gets a value indicating whether the measurement compares numbers that agree but for rounding.</summary>
        public bool IsDeterministic => FalseFailRate == 0;
    }

    /// <summary>The recorded rows, by check.</summary>
    public static ILookup<string, Row> Recorded { get; } =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "record.tsv")).Skip(1).Select(Parse).ToLookup(row => row.Check);

    /// <summary>What a check comes to now.</summary>
    public static CheckOutcome Execute(ISubject subject, Check check) => Suite.Execute(check, subject, Scale.Quick, Seed);

    /// <summary>What a check measured.</summary>
    public static IReadOnlyList<Row> RowsOf(CheckOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return
        [
            .. outcome.Measurements.Select(measurement => new Row(
                Signature.NameOf(outcome.Check),
                measurement.Verdict.ToString(),
                // Where rounding was worst is left to the machine.
                measurement.IsDeterministic
                    ? measurement.Quantity.Split(" at ")[0]
                    : measurement.Quantity,
                measurement.Predicted.Value,
                measurement.Measured.Value,
                measurement.Deviation,
                measurement.Samples,
                measurement.Detectable,
                measurement.Tolerance,
                measurement.FalseFailRate,
                measurement.Remark ?? ""
            )),
        ];
    }

    /// <summary>Where each wrong implementation was found to be wrong: quantity, place and network, by its name.</summary>
    public static IReadOnlyDictionary<string, string> Findings { get; } =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "findings.tsv"))
            .Select(line => line.Split('\t'))
            .ToDictionary(cells => cells[0], cells => cells[1]);

    /// <summary>Where a wrong implementation is found to be wrong now.</summary>
    public static string FindingOf(Mutant mutant)
    {
        ArgumentNullException.ThrowIfNull(mutant);
        return SharedOutcomes.Judge(mutant, Seed).Decisive?.Quantity ?? "";
    }

    /// <summary>Adds the findings of mutants that have none; those that are there are kept.</summary>
    public static void AddFindings(string path)
    {
        var known = File.ReadAllLines(path).ToDictionary(line => line[..line.IndexOf('\t', StringComparison.Ordinal)]);
        File.WriteAllLines(path, [.. AllMutants.List.Select(mutant => known.GetValueOrDefault($"{mutant}") ?? $"{mutant}\t{FindingOf(mutant)}")]);
    }

    /// <summary>Adds the rows of checks that have none; those that are there are kept.</summary>
    public static void AddRows(string path)
    {
        var known = File.ReadAllLines(path);
        var names = known.Skip(1).Select(line => line[..line.IndexOf('\t', StringComparison.Ordinal)]).ToHashSet();
        using var reference = new ReferenceSubject();
        File.WriteAllLines(
            path,
            [
                .. known,
                .. Suite.Checks.Where(check => !names.Contains(Signature.NameOf(check))).SelectMany(check => RowsOf(Execute(reference, check))).Select(Format),
            ]
        );
    }

    /// <summary>Writes the record and the findings anew.</summary>
    public static void Write(string path)
    {
        File.WriteAllLines(
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "findings.tsv"),
            AllMutants.List.Select(mutant => $"{mutant}\t{FindingOf(mutant)}")
        );
        using var reference = new ReferenceSubject();
        File.WriteAllLines(path, Suite.Checks.SelectMany(check => RowsOf(Execute(reference, check))).Select(Format).Prepend(Header));
    }

    private static string Format(Row row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Check}\t{row.Verdict}\t{row.Quantity}\t{row.Predicted:R}\t{row.Measured:R}\t{row.Deviation:R}\t{row.Samples}\t{row.Detectable:R}\t{row.Tolerance:R}\t{row.FalseFailRate:R}\t{row.Remark}"
        );

    private static Row Parse(string line)
    {
        var cells = line.Split('\t');
        return new Row(
            cells[0],
            cells[1],
            cells[2],
            Number(3),
            Number(4),
            Number(5),
            long.Parse(cells[6], CultureInfo.InvariantCulture),
            Number(7),
            Number(8),
            Number(9),
            cells[10]
        );

        double Number(int cell) => double.Parse(cells[cell], CultureInfo.InvariantCulture);
    }
}
