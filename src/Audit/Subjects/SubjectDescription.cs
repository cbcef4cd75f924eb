using System.Collections.Immutable;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A subject's description of itself: its name, how it computes, and what it offers.</summary>
/// <param name="Name">Its name, for reports.</param>
public sealed record SubjectDescription(string Name)
{
    /// <summary>Its version; null if it has none.</summary>
    public string? Version { get; init; }

    /// <summary>Unit roundoff of its tensors: 2⁻²⁴ in single precision, 2⁻⁵³ in double. Deterministic tolerances follow from it.</summary>
    public double UnitRoundoff { get; init; } = Math.ScaleB(1, -24);

    /// <summary>Architectures that it implements.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = Architecture.Names;

    /// <summary>Boundaries that it implements; fully connected nets need none.</summary>
    public IReadOnlyList<Boundary> Boundaries { get; init; } = [.. Enum.GetValues<Boundary>()];

    /// <summary>Values of ε that its batch norm can take; null for any.</summary>
    public IReadOnlyList<double>? Epsilons { get; init; }

    /// <summary>Moments that it reports, by their names in result files.</summary>
    public ImmutableArray<string> Moments { get; init; } = ReportedMoments.Names;

    /// <summary>Whether it propagates given weights.</summary>
    public bool TakesWeights { get; init; } = true;

    /// <summary>Whether it draws weights of its own.</summary>
    public bool DrawsWeights { get; init; } = true;

    /// <summary>What it offers of networks that are described by their layers; null for nothing.</summary>
    public NetworkOffer? NetworkOffer { get; init; }

    /// <summary>
    /// The ε that is asked for instead of the wanted one: the wanted one if it is offered, otherwise the offered one that is nearest by ratio.
    /// </summary>
    /// <param name="wanted">The wanted ε.</param>
    /// <param name="mayStand">Whether an ε may replace it.</param>
    /// <returns>An offered ε; the wanted one if none is suitable, which the subject then declines.</returns>
    internal double NearestEpsilon(double wanted, Func<double, bool> mayStand)
    {
        const double least = 1e-12;
        return Epsilons is not { } offered || offered.Contains(wanted)
            ? wanted
            : offered.Where(mayStand).OrderBy(epsilon => Math.Abs(Math.Log(Math.Max(epsilon, least) / Math.Max(wanted, least)))).DefaultIfEmpty(wanted).First();
    }

    /// <summary>Why a network cannot be asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="given">Whether its weights are given.</param>
    /// <returns>The reason, from the subject's description; null if it can be asked for.</returns>
    internal string? WhyNot(NetworkSettings network, bool given)
    {
        ArgumentNullException.ThrowIfNull(network);
        return !Architectures.Contains(network.Architecture.Name) ? $"architecture {network.Architecture.Name}"
            : network.KernelSize > 1 && !Boundaries.Contains(network.Boundary) ? $"boundary {EnumWords.Spell(network.Boundary)}"
            : network.Architecture.HasBatchNorm && Epsilons is { } epsilons && !epsilons.Contains(network.Epsilon)
                ? FormattableString.Invariant($"epsilon {network.Epsilon}")
            : given && !TakesWeights ? "given weights"
            : !given && !DrawsWeights ? "weights of its own"
            : null;
    }

    /// <summary>Why a described network cannot be asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of inputs in the batch.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="given">Whether its parameters are given.</param>
    /// <returns>The reason, from the subject's description; null if it can be asked for.</returns>
    internal string? WhyNot(Network network, int images, NoiseKind noise, bool given) =>
        NetworkOffer is null ? "networks that are described by their layers" : NetworkOffer.WhyNot(network, images, noise, given);
}
