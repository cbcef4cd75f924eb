using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>One element of one tensor, or one reported moment, that is off by a number of tolerances.</summary>
/// <remarks>One tolerance is found by <see cref="ToleranceSearch"/>.</remarks>
/// <param name="ClaimId">The claim.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Defect">What is wrong.</param>
/// <param name="Perturb">Moves a snapshot by a multiple of its root mean square, or a moment by a multiple of itself.</param>
/// <param name="On">The networks that are perturbed, among those that the check looks at.</param>
internal sealed record ElementDial(
    string ClaimId,
    string Architecture,
    string Defect,
    Func<NetworkSettings, Snapshot, double, Snapshot> Perturb,
    Func<NetworkSettings, bool> On
) : Dial(ClaimId, Architecture, Defect, "a tolerance")
{
    /// <summary>
    /// The propagations that are perturbed: all by default. A check may have many tolerances, and reports the first number that exceeds its own tolerance.
    /// </summary>
    public Func<Weights, bool> In { get; init; } = _ => true;

    private readonly ToleranceSearch _tolerances = new();

    /// <inheritdoc/>
    public override CheckOutcome Execute(double size, ulong seed, CancellationToken cancellation)
    {
        return At(_tolerances.OneTolerance(seed, At, Defect, cancellation) * size);

        CheckOutcome At(double perturbation)
        {
            using var subject = new DialledSubject
            {
                ShowsWrongly = In,
                Show = network => On(network) ? snapshot => Perturb(network, snapshot, perturbation) : snapshot => snapshot,
            };
            return Suite.Execute(Check, subject, Scale.Quick, seed, cancellation: cancellation);
        }
    }

    /// <summary>Moves the first nonzero element of a tensor, at the last place of a kind.</summary>
    public static Func<NetworkSettings, Snapshot, double, Snapshot> Element(UnitPlaceKind kind, bool noise) =>
        (network, snapshot, amount) =>
            snapshot.Depth != network.Depth || snapshot.Place.Kind != kind ? snapshot
            : noise ? snapshot with { Noise = ToleranceSearch.Moved(snapshot.Noise, amount) }
            : snapshot with { Signal = ToleranceSearch.Moved(snapshot.Signal, amount) };

    /// <summary>Changes a reported moment after the last ReLU.</summary>
    public static Func<NetworkSettings, Snapshot, double, Snapshot> Moment(Func<ReportedMoments, double, ReportedMoments> change) =>
        (network, snapshot, amount) =>
            snapshot.Depth != network.Depth || snapshot.Place.Kind != UnitPlaceKind.Relu
                ? snapshot
                : snapshot with
                {
                    Moments = () => change(snapshot.Moments(), 1 + amount),
                };

    /// <summary>Gives the first output of the first convolution a bias. What follows is shown unchanged, so no other convolution has one.</summary>
    public static Snapshot Bias(NetworkSettings network, Snapshot snapshot, double amount)
    {
        if (snapshot.Depth > 0)
        {
            return snapshot;
        }

        var channels = snapshot.Shape.Channels;
        return snapshot with { Signal = [.. snapshot.Signal.Select((value, i) => i % channels == 0 ? value + amount : value)] };
    }

    /// <summary>Multiplies the noise at the first output of the first convolution, as weights of its own would if they were larger by a factor.</summary>
    public static Snapshot NoiseFactor(NetworkSettings network, Snapshot snapshot, double amount)
    {
        if (snapshot.Depth > 0)
        {
            return snapshot;
        }

        var channels = snapshot.Shape.Channels;
        return snapshot with { Noise = [.. snapshot.Noise.Select((value, i) => i % channels == 0 ? (1 + amount) * value : value)] };
    }
}
