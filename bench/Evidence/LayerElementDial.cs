using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>
/// One element of one tensor, or one reported moment, that is off by a number of tolerances, in every network of layers that a check looks at.
/// </summary>
/// <remarks>One tolerance, of the network that has the sharpest, is found by <see cref="ToleranceSearch"/>.</remarks>
/// <param name="ClaimId">The claim.</param>
/// <param name="Defect">What is wrong.</param>
/// <param name="Perturb">Moves a snapshot by a multiple of its root mean square, or a moment by a multiple of itself.</param>
internal sealed record LayerElementDial(string ClaimId, string Defect, Func<NetworkSnapshot, double, NetworkSnapshot> Perturb)
    : Dial(ClaimId, Suite.Composed, Defect, "a tolerance")
{
    /// <summary>The propagations that are perturbed: those with given parameters by default.</summary>
    public Func<Weights, bool> In { get; init; } = weights => weights is Weights.Given;

    private readonly ToleranceSearch _tolerances = new();

    /// <inheritdoc/>
    public override CheckOutcome Execute(double size, ulong seed, CancellationToken cancellation)
    {
        return At(_tolerances.OneTolerance(seed, At, Defect, cancellation) * size);

        CheckOutcome At(double perturbation)
        {
            using var subject = new LayerDialledSubject(In, snapshot => Perturb(snapshot, perturbation));
            return Suite.Execute(Check, subject, Scale.Quick, seed, cancellation: cancellation);
        }
    }

    /// <summary>Moves the first nonzero element of the signal after each layer of a family.</summary>
    public static Func<NetworkSnapshot, double, NetworkSnapshot> FirstElementAfter(LayerFamily family) =>
        (snapshot, amount) =>
            snapshot.Place.After is { } layer && LayerFamilies.FamilyOf(layer) == family
                ? snapshot with
                {
                    Signal = ToleranceSearch.Moved(snapshot.Signal, amount),
                }
                : snapshot;
}
