using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>A defect in layers of any network, whose effect on the quantity of a statistical claim is known.</summary>
/// <param name="ClaimId">The claim.</param>
/// <param name="Defect">What is wrong, and in which quantity.</param>
/// <param name="Delta">δ of that quantity, as the check states it.</param>
/// <param name="Create">The subject whose quantity is off by the given amount.</param>
internal sealed record LayerDial(string ClaimId, string Defect, double Delta, Func<double, ReferenceSubject> Create)
    : Dial(ClaimId, Suite.Composed, Defect, FormattableString.Invariant($"{Delta}"))
{
    /// <inheritdoc/>
    public override CheckOutcome Execute(double size, ulong seed, CancellationToken cancellation)
    {
        using var subject = Create(size * Delta);
        return Suite.Execute(Check, subject, Scale.Quick, seed, cancellation: cancellation);
    }
}
