using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Bench;

/// <summary>Which checks each deliberately wrong implementation fails: data/signatures.json.</summary>
internal static class SignatureMeasurement
{
    private const ulong Seed = 0;

    /// <summary>
    /// Measures signatures and writes each when it is ready. Signatures that the file has are kept, except for claims that are new or have changed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="claims">Claims that are measured again for the signatures that the file has.</param>
    public static void Run(string path, IReadOnlyList<string> claims)
    {
        if (claims.Count > 0 && File.Exists(path))
        {
            File.WriteAllText(path, KnownDefects.ToText([.. KnownDefects.Read(File.ReadAllText(path)).Select(signature => Anew(signature, claims))]));
        }

        List<Signature> signatures = File.Exists(path) ? [.. KnownDefects.Read(File.ReadAllText(path))] : [];
        // A mutant that only deep experiments reject has no signature, and is not measured again each time.
        foreach (
            var mutant in AllMutants
                .List.Where(mutant => Signature.Covers(mutant.Check) && signatures.All(signature => signature.Defect != mutant.Name))
                .ToArray()
        )
        {
            using var subject = mutant.Create();
            var outcomes = Suite.Run(subject, Scale.Quick, Seed, [.. Suite.Checks.Where(Signature.Covers)]);
            // A rejection by deep experiments alone is not a signature.
            if (outcomes.All(outcome => outcome.Verdict != Verdict.Rejected))
            {
                Console.Error.WriteLine($"{mutant.Name}: no check of signatures rejects it");
                continue;
            }

            signatures.Add(
                new Signature(
                    mutant.Name,
                    [.. outcomes.Where(outcome => outcome.Verdict == Verdict.Rejected).Select(outcome => Signature.NameOf(outcome.Check))]
                )
            );
            Console.Error.WriteLine($"{mutant.Name}: {signatures[^1].Rejects.Count} checks reject it");
            File.WriteAllText(path, KnownDefects.ToText(signatures));
        }
    }

    private static Signature Anew(Signature signature, IReadOnlyList<string> claims)
    {
        using var subject = AllMutants.List.Single(mutant => mutant.Name == signature.Defect).Create();
        var rejected = Suite
            .Run(subject, Scale.Quick, Seed, [.. Suite.Checks.Where(check => claims.Contains(check.ClaimId))])
            .Where(outcome => outcome.Verdict == Verdict.Rejected)
            .Select(outcome => Signature.NameOf(outcome.Check));
        var all = signature.Rejects.Where(check => !claims.Contains(check.Split(' ')[0])).Concat(rejected).ToHashSet();
        Console.Error.WriteLine($"{signature.Defect}: {all.Count} checks reject it");
        return new Signature(signature.Defect, [.. Suite.Checks.Select(Signature.NameOf).Where(all.Contains)]);
    }
}
