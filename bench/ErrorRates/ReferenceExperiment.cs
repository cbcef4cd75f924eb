using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>Runs the quick suite on the correct reference over many seeds and notes every measurement, one line each; may be interrupted and goes on.</summary>
internal static class ReferenceExperiment
{
    private const string Header = "seed,claim,architecture,quantity,verdict,deviation,samples,deterministic";

    /// <summary>Runs the seeds that the file lacks.</summary>
    /// <param name="seeds">Number of seeds, from 0.</param>
    /// <param name="path">A CSV file that grows by whole seeds.</param>
    /// <param name="claims">Claims to check; all if empty, with the diagnoses.</param>
    public static void Run(int seeds, string path, params string[] claims)
    {
        var done = File.Exists(path) ? File.ReadLines(path).Skip(1).Select(line => int.Parse(line[..line.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture)).ToHashSet() : [];
        if (done.Count == 0)
        {
            File.WriteAllText(path, Header + "\n");
        }

        using var reference = new ReferenceSubject();
        foreach (var seed in Enumerable.Range(0, seeds).Where(seed => !done.Contains(seed)))
        {
            var deep = new DeepExperiments(reference, Scale.Quick, (ulong)seed);
            var outcomes = Suite.Run(reference, Scale.Quick, (ulong)seed, [.. Suite.Checks.Where(check => claims.Length == 0 || claims.Contains(check.ClaimId))], deep: deep);
            var diagnoses = (claims.Length == 0 ? Architecture.Names : []).Select(name => (Name: name, Diagnosis: Diagnosis.Of(deep.Of(name)))).ToArray();
            File.AppendAllLines(path, outcomes.SelectMany(outcome => outcome.Measurements.Count == 0
                ? [Line(seed, outcome, new Measurement(outcome.Failure ?? "", default, default, outcome.Verdict))]
                : outcome.Measurements.Select(measurement => Line(seed, outcome, measurement)))
                .Concat(diagnoses.Select(pair => $"{seed},diagnosis,{pair.Name},{pair.Diagnosis.ChiGrowth?.Law},{pair.Diagnosis.Condition},,,")));
            Console.WriteLine($"seed {seed}: {outcomes.Count(outcome => outcome.Verdict == Verdict.Holds)} of {outcomes.Count} hold, {outcomes.Count(outcome => outcome.Verdict == Verdict.Rejected)} rejected");
        }
    }

    private static string Line(int seed, CheckOutcome outcome, Measurement measurement)
    {
        // Where a deterministic comparison was worst differs between seeds; the quantity itself ends before it.
        var quantity = measurement.Quantity.Split(" at ", 2)[0].Replace(',', ';');
        return string.Create(CultureInfo.InvariantCulture, $"{seed},{outcome.Check.ClaimId},{outcome.Check.Architecture},{quantity},{measurement.Verdict},{measurement.Deviation:G6},{measurement.Samples},{measurement.IsDeterministic}");
    }
}
