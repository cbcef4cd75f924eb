using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>A defect of one claim whose size can be set.</summary>
/// <param name="ClaimId">The claim.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Defect">What is wrong.</param>
/// <param name="Discrepancy">δ of the claim's quantity, in words or as a number.</param>
internal abstract record Dial(string ClaimId, string Architecture, string Defect, string Discrepancy)
{
    /// <summary>The sizes of the defect that are tested, in units of δ.</summary>
    public static IReadOnlyList<double> Sizes { get; } = [0.5, 1, 2];

    /// <summary>The check.</summary>
    public Check Check => Suite.Checks.Single(check => check.ClaimId == ClaimId && check.Architecture == Architecture);

    /// <summary>The name in part files.</summary>
    public string Name => $"{ClaimId} {Architecture} | {Defect} | {Discrepancy}";

    /// <summary>Executes the check on the defect.</summary>
    /// <param name="size">Size of the defect, in units of δ.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Asks to stop.</param>
    public abstract CheckOutcome Execute(double size, ulong seed, CancellationToken cancellation);
}

/// <summary>A defect whose effect on the quantity of a statistical claim is known in closed form.</summary>
/// <param name="ClaimId">The claim.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Defect">What is wrong, and in which quantity.</param>
/// <param name="Delta">δ of that quantity, as the check states it.</param>
/// <param name="Create">The subject whose quantity is off by the given amount.</param>
internal sealed record LawDial(string ClaimId, string Architecture, string Defect, double Delta, Func<double, DialledSubject> Create)
    : Dial(ClaimId, Architecture, Defect, FormattableString.Invariant($"{Delta}"))
{
    /// <inheritdoc/>
    public override CheckOutcome Execute(double size, ulong seed, CancellationToken cancellation)
    {
        using var subject = Create(size * Delta);
        return Suite.Execute(Check, subject, Scale.Quick, seed, cancellation: cancellation);
    }
}
