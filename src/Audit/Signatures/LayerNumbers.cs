using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// A few numbers for what a subject makes of fixed networks of layers with given parameters: its distance from their definitions, along two directions that
/// are drawn once.
/// </summary>
/// <remarks>
/// Two implementations with the same mistake show the same tensors up to rounding, and different mistakes lead away from the right tensors in different
/// directions. So the projections of the distance identify the mistake, as far as it shows in these networks, whatever checks it fails. Each tensor counts
/// relative to its own size.
/// </remarks>
internal static class LayerNumbers
{
    /// <summary>The seed of the networks, their parameters and their inputs, which are the same for every subject.</summary>
    private const ulong Seed = 26;

    private const int Directions = 2;

    /// <summary>
    /// The largest difference of two numbers that count as the same: more than single precision loses in a deep network, less than the effect of a mistake of
    /// one per cent in one place.
    /// </summary>
    public const double Blur = 2e-3;

    /// <summary>The number that stands for one that is not finite; it is farther away than any other.</summary>
    private const double Far = 1e30;

    /// <summary>The networks that subjects are asked about, by name.</summary>
    private static readonly Lazy<(string Name, SiteCase Site, NoiseKind Noise, int Study)[]> Questions = new(() =>
        [
            .. from family in Enum.GetValues<LayerFamily>()
            from pair in SiteNetworks.Draw(family, Seed).Index()
            from noise in pair.Item.Noises
            select (FormattableString.Invariant($"{family} {pair.Index} {EnumWords.Spell(noise)}"), pair.Item, noise, pair.Index),
        ]
    );

    /// <summary>Asks a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>For each network that the subject offers with given parameters, its numbers: zeros, within <see cref="Blur"/>, if it is right.</returns>
    public static IReadOnlyDictionary<string, double[]> Measure(ISubject subject, CancellationToken cancellation = default)
    {
        var found = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (name, site, noise, study) in Questions.Value)
        {
            cancellation.ThrowIfCancellationRequested();
            if (subject.Description.WhyNot(site.Network, site.Images, noise, given: true) is null)
            {
                found.Add(name, Numbers(subject, site, noise, study));
            }
        }

        return found;
    }

    /// <summary>Whether two answers to one question are the same up to rounding.</summary>
    public static bool AreSame(double[] one, double[] other) =>
        one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) <= Blur * Math.Max(1, Math.Abs(pair.Second)));

    /// <summary>Whether an answer is right up to rounding.</summary>
    public static bool IsRight(double[] numbers) => Array.TrueForAll(numbers, number => Math.Abs(number) <= Blur);

    private static double[] Numbers(ISubject subject, SiteCase site, NoiseKind noise, int study)
    {
        var (parameters, input) = (site.Parameters(Seed + (ulong)study), LayerChecks.InputOf(site, Seed, study));
        var trace = NetworkTrace.Record(subject, site.Network, noise, new Weights.Given(parameters), input);
        var features = new WrittenOutFeatures(input.Shape.Images, input.Shape.Height, input.Shape.Width, input.Shape.Channels, input.Signal, input.Noise);
        var right = new WrittenOutMapping(site.Network, parameters).Propagate(features, LayerChecks.Definition(noise)).Places;
        var numbers = new double[Directions];
        foreach (var shown in trace.Snapshots)
        {
            Add(shown.Signal, right[shown.Index].Features.Signal, 2 * (ulong)shown.Index);
            Add(shown.Noise, right[shown.Index].Features.Noise, (2 * (ulong)shown.Index) + 1);
        }

        return [.. numbers.Select(number => double.IsFinite(number) ? Math.Clamp(number, -Far, Far) : Far)];

        void Add(double[] observed, double[] defined, ulong tensor)
        {
            var size = Enclosure.Norm(defined) is > 0 and var norm ? norm : 1;
            for (var i = 0; i < observed.Length; i++)
            {
                var signs = Mixing.Mix(Mixing.Mix(Seed ^ tensor) ^ (ulong)i);
                for (var direction = 0; direction < Directions; direction++)
                {
                    numbers[direction] += (((signs >> direction) & 1) == 0 ? 1 : -1) * (observed[i] - defined[i]) / size;
                }
            }
        }
    }
}
