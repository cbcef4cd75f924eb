using System.Collections.Concurrent;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// What the quick suite finds of the reference and of wrong implementations: several tests look at it, and each check is executed once for a seed.
/// </summary>
internal static class SharedOutcomes
{
    private static readonly ReferenceSubject Reference = new();
    private static readonly ConcurrentDictionary<ulong, DeepExperiments> Deep = [];
    private static readonly ConcurrentDictionary<(Check Check, ulong Seed), Lazy<CheckOutcome>> References = [];
    private static readonly ConcurrentDictionary<(string Mutant, ulong Seed), Lazy<CheckOutcome>> Mutants = [];

    /// <summary>A check of the reference.</summary>
    public static CheckOutcome OfReference(Check check, ulong seed) =>
        References
            .GetOrAdd(
                (check, seed),
                _ => new(() => Suite.Execute(check, Reference, Scale.Quick, seed, Deep.GetOrAdd(seed, _ => new DeepExperiments(Reference, Scale.Quick, seed))))
            )
            .Value;

    /// <summary>The check that must reject a wrong implementation.</summary>
    public static CheckOutcome Judge(Mutant mutant, ulong seed) =>
        Mutants
            .GetOrAdd(
                (mutant.ToString(), seed),
                _ =>
                    new(() =>
                    {
                        using var subject = mutant.Create();
                        return Suite.Execute(mutant.Check, subject, Scale.Quick, seed);
                    })
            )
            .Value;
}
