using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Bench;

/// <summary>Which checks each deliberately wrong implementation fails: data/signatures.json.</summary>
internal static class SignatureMeasurement
{
    private const ulong Seed = 0;

    /// <summary>Measures and writes all signatures.</summary>
    public static void Run(string path)
    {
        var signatures = new List<Signature>();
        foreach (var mutant in AllMutants.List)
        {
            using var subject = mutant.Create();
            var outcomes = Suite.Run(subject, Scale.Quick, Seed, [.. Suite.Checks.Where(Signature.Covers)]);
            signatures.Add(new Signature(mutant.Name, [.. outcomes.Where(outcome => outcome.Verdict == Verdict.Rejected).Select(outcome => Signature.NameOf(outcome.Check))]));
            Console.Error.WriteLine($"{mutant.Name}: {signatures[^1].Rejects.Count} checks reject it");
        }

        File.WriteAllText(path, KnownDefects.ToText(signatures));
    }
}
