using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Comparisons of the layers of one family; other layers are ignored.</summary>
/// <param name="family">The family.</param>
internal sealed class SiteComparisons(LayerFamily family)
{
    private readonly SortedDictionary<string, ExactComparison> _byLayer = new(StringComparer.Ordinal);

    /// <summary>The family.</summary>
    public LayerFamily Family { get; } = family;

    /// <summary>Compares what a place shows with what it should show.</summary>
    public void Add(LayerFamily of, NetworkSnapshot shown, SiteState right, string description)
    {
        if (of == Family)
        {
            var comparison = Compare(shown.Place.After?.Word ?? "beginning of a unit");
            comparison.AddTensor(shown.Signal, right.Values.Signal, right.Bounds.Signal, $"signal, {shown.Where}, {description}");
            comparison.AddTensor(shown.Noise, right.Values.Noise, right.Bounds.Noise, $"noise, {shown.Where}, {description}");
        }
    }

    /// <summary>
    /// Looks at the output of a layer whose parameters the subject drew, so that its numbers are not known: they must be numbers if the layer's input has
    /// nothing but numbers.
    /// </summary>
    public void AddUnknown(LayerFamily of, NetworkSnapshot shown, SiteState input, string description)
    {
        if (of != Family || !(VectorMath.AreFinite(input.Values.Signal) && VectorMath.AreFinite(input.Values.Noise)))
        {
            return;
        }

        foreach (var (what, numbers) in new[] { ("signal", shown.Signal), ("noise", shown.Noise) })
        {
            if (Array.FindIndex(numbers, number => !double.IsFinite(number)) is >= 0 and var index)
            {
                Compare(shown.Place.After?.Word ?? "beginning of a unit")
                    .Add(new Observed(numbers[index]), new Expected(0), double.PositiveInfinity, $"{what}, {shown.Where}, {description}");
            }
        }
    }

    /// <summary>
    /// Compares the output of a dropout whose mask the subject drew. Every number must be dropped or divided by p, in signal and noise alike, and a shared mask
    /// must be the same at all points.
    /// </summary>
    public void AddOwnMask(Dropout layer, SiteState input, NetworkSnapshot shown, double unitRoundoff, string description)
    {
        if (Family != LayerFamily.Dropout)
        {
            return;
        }

        var (values, channels) = (input.Values, input.Values.Channels);
        var mask = new double[layer.Mask == DropoutMask.Shared ? channels : values.Signal.Length];
        Array.Fill(mask, double.NaN);
        var comparison = Compare(layer.Word);
        var flushed = 4 * Underflow.Threshold(unitRoundoff, values) / layer.Keep;
        for (var i = 0; i < values.Signal.Length; i++)
        {
            // A number that is 0, or may be flushed to 0, says nothing about its mask.
            ref var factor = ref mask[i % mask.Length];
            factor =
                double.IsNaN(factor) && Math.Abs(values.Signal[i]) > flushed ? (shown.Signal[i] == 0 ? 0 : 1 / layer.Keep)
                : double.IsNaN(factor) && Math.Abs(values.Noise[i]) > flushed ? (shown.Noise[i] == 0 ? 0 : 1 / layer.Keep)
                : factor;
            var known = double.IsNaN(factor) ? 0 : factor;
            var gamma = Roundings.Gamma(3, unitRoundoff);
            var lost =
                double.IsNaN(factor) ? 2 * flushed / layer.Keep
                : factor == 0 ? 0
                : flushed;
            double Lost(double value) => value == 0 ? 0 : lost;
            comparison.Add(
                new Observed(shown.Signal[i]),
                new Expected(known * values.Signal[i]),
                (gamma * Math.Abs(known * values.Signal[i])) + (known * input.Bounds.Signal[i]) + Lost(values.Signal[i]),
                (shown, description),
                static place => $"signal, {place.shown.Where}, {place.description}"
            );
            comparison.Add(
                new Observed(shown.Noise[i]),
                new Expected(known * values.Noise[i]),
                (gamma * Math.Abs(known * values.Noise[i])) + (known * input.Bounds.Noise[i]) + Lost(values.Noise[i]),
                (shown, description),
                static place => $"noise, {place.shown.Where}, {place.description}"
            );
        }
    }

    /// <summary>A measurement for each kind of layer that occurred.</summary>
    /// <param name="where">Added to the name of each measurement.</param>
    public IEnumerable<Measurement> Conclude(string where) =>
        _byLayer.Where(pair => pair.Value.Comparisons > 0).Select(pair => pair.Value.Conclude($"{pair.Key}, {where}"));

    private ExactComparison Compare(string word)
    {
        if (!_byLayer.TryGetValue(word, out var comparison))
        {
            _byLayer.Add(word, comparison = new ExactComparison());
        }

        return comparison;
    }
}
