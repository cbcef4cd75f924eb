using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What a subject offers of networks that are described by their layers. It is never asked for anything that is not in the lists.</summary>
/// <remarks>Lists hold the words of network files; null stands for any.</remarks>
public sealed record NetworkOffer
{
    /// <summary>An offer of everything that can be described.</summary>
    public static NetworkOffer Everything { get; } = new();

    /// <summary>
    /// Words for its layers other than activations: <c>conv</c>, <c>dense</c>, <c>batch_norm</c>, <c>residual</c>…; every subject offers repeats.
    /// </summary>
    public IReadOnlyList<string>? Layers { get; init; }

    /// <summary>Words for its activations.</summary>
    public IReadOnlyList<string>? Functions { get; init; }

    /// <summary>The options of layers that it offers: see <see cref="NetworkNeeds.AllOptions"/>.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Words for its boundaries; they matter only for kernel sizes above 1.</summary>
    public IReadOnlyList<string>? Boundaries { get; init; }

    /// <summary>Laws from which it draws weights of its own: <c>normal</c>, <c>uniform</c>, <c>truncated_normal</c>, <c>orthogonal</c>.</summary>
    public IReadOnlyList<string>? WeightLaws { get; init; }

    /// <summary>Extents of its convolutions' kernels.</summary>
    public IReadOnlyList<int>? KernelSizes { get; init; }

    /// <summary>Values of ε that its norms can take.</summary>
    public IReadOnlyList<double>? Epsilons { get; init; }

    /// <summary>The kinds of noise that it propagates.</summary>
    public IReadOnlyList<NoiseKind> Noises { get; init; } = [NoiseKind.Mapping, NoiseKind.Full];

    /// <summary>The most images in a batch; null for any number.</summary>
    public int? MostImages { get; init; }

    /// <summary>The most features of one input at any place; null for any number.</summary>
    public long? MostFeatures { get; init; }

    /// <summary>The most layers that a network may have, each with a place of its own in protocol 2; null for any number.</summary>
    public int? MostPlaces { get; init; }

    /// <summary>Whether it propagates given parameters.</summary>
    public bool TakesParameters { get; init; } = true;

    /// <summary>Whether it draws parameters of its own.</summary>
    public bool DrawsParameters { get; init; } = true;

    /// <summary>Why a network cannot be asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of inputs in the batch.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="given">Whether its parameters are given.</param>
    /// <returns>The reason; null if it can be asked for.</returns>
    internal string? WhyNot(Network network, int images, NoiseKind noise, bool given)
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
            ?? (Noises.Contains(noise) ? null : $"noise {EnumWords.Spell(noise)}")
            ?? TooMany("images", images, MostImages)
            ?? TooMany("features of an input", needs.Features, MostFeatures)
            ?? TooMany("layers", NetworkNeeds.NumberOfLayers(network.Layers), MostPlaces)
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
