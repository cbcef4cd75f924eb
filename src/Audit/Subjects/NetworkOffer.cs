using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What a subject can do of networks that are described by their layers. What is left out of the lists it is never asked for.</summary>
/// <remarks>Lists hold the words of network files; null stands for any.</remarks>
public sealed record NetworkOffer
{
    /// <summary>Everything that can be described.</summary>
    public static NetworkOffer Everything { get; } = new();

    /// <summary>
    /// Words of its layers other than activations: <c>conv</c>, <c>dense</c>, <c>batch_norm</c>, <c>residual</c>…; repeats are for everybody.
    /// </summary>
    public IReadOnlyList<string>? Layers { get; init; }

    /// <summary>Words of its activations.</summary>
    public IReadOnlyList<string>? Functions { get; init; }

    /// <summary>What it can do beside the plain form of its layers: see <see cref="NetworkNeeds.AllOptions"/>.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Words of its boundaries; they matter to kernels above 1 alone.</summary>
    public IReadOnlyList<string>? Boundaries { get; init; }

    /// <summary>Laws that it draws weights of its own from: <c>normal</c>, <c>uniform</c>, <c>truncated_normal</c>, <c>orthogonal</c>.</summary>
    public IReadOnlyList<string>? WeightLaws { get; init; }

    /// <summary>Extents of its convolutions' kernels.</summary>
    public IReadOnlyList<int>? KernelSizes { get; init; }

    /// <summary>Values of ε that its norms can take.</summary>
    public IReadOnlyList<double>? Epsilons { get; init; }

    /// <summary>The noises that it propagates.</summary>
    public IReadOnlyList<NoiseKind> Noises { get; init; } = [NoiseKind.Mapping, NoiseKind.Full];

    /// <summary>Most images of a batch; null for any number.</summary>
    public int? MostImages { get; init; }

    /// <summary>Most features of one input at any place; null for any number.</summary>
    public long? MostFeatures { get; init; }

    /// <summary>Most places of a network; null for any number.</summary>
    public int? MostPlaces { get; init; }

    /// <summary>Whether it propagates given parameters.</summary>
    public bool TakesParameters { get; init; } = true;

    /// <summary>Whether it draws parameters of its own.</summary>
    public bool DrawsParameters { get; init; } = true;

    /// <summary>Why a network cannot be asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs of the batch.</param>
    /// <param name="noise">Of which mapping the noise is the derivative.</param>
    /// <param name="given">Whether its parameters are given.</param>
    /// <returns>The reason; null if it can.</returns>
    public string? WhyNot(Network network, int images, NoiseKind noise, bool given)
    {
        ArgumentNullException.ThrowIfNull(network);
        var needs = NetworkNeeds.Determine(network);
        return Missing("layer", needs.Layers, Layers)
            ?? Missing("function", needs.Functions, Functions)
            ?? Missing("option", needs.Options, Options)
            ?? Missing("boundary", needs.Boundaries, Boundaries)
            ?? (given ? null : Missing("weights by the law", needs.WeightLaws, WeightLaws))
            ?? Missing("kernel size", needs.KernelSizes, KernelSizes)
            ?? Missing("epsilon", needs.Epsilons, Epsilons)
            ?? (Noises.Contains(noise) ? null : $"noise {Words.Spell(noise)}")
            ?? TooMany("images", images, MostImages)
            ?? TooMany("features of an input", needs.Features, MostFeatures)
            ?? TooMany("places", network.Places.Count, MostPlaces)
            ?? (
                given && !TakesParameters ? "given parameters"
                : !given && !DrawsParameters ? "parameters of its own"
                : null
            );
    }

    private static string? Missing<T>(string what, IReadOnlyCollection<T> needed, IReadOnlyList<T>? offered)
        where T : IEquatable<T>
    {
        T[] missing = offered is null ? [] : [.. needed.Except(offered)];
        return missing.Length == 0 ? null : FormattableString.Invariant($"{what} {missing[0]}");
    }

    private static string? TooMany(string what, long count, long? most) => count > most ? FormattableString.Invariant($"{count} {what}") : null;
}
