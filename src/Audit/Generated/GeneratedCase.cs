using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A randomly drawn network, and what is asked about it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">Number of images in the batch.</param>
/// <param name="Noise">The mapping whose derivative the noise passes through.</param>
/// <param name="Input">The kind of input.</param>
/// <param name="Scale">The factor of signal and noise.</param>
/// <param name="Seed">Seed of parameters and input, below 2⁵².</param>
internal sealed record GeneratedCase(Network Network, int Images, NoiseKind Noise, GeneratedInput Input, double Scale, ulong Seed)
{
    /// <summary>The distance of the signals of <see cref="GeneratedInput.Offset"/> from 0.</summary>
    private const double Offset = 5;

    /// <summary>The case in one line.</summary>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Files.Counted.Spell(Images, "image")} of {Network.Input}, noise {EnumWords.Spell(Noise)}, input "
                + $"{EnumWords.Spell(Input)}{(Scale == 1 ? "" : $" × {Scale:0.###}")}, seed {Seed}"
        );

    /// <summary>Number of numbers at the widest place.</summary>
    public long Numbers => Images * Network.Places.Select(place => place.Shape.Features).Append(Network.Input.Features).Max();

    /// <summary>
    /// Whether its numbers, their squares and sums of these included, stay in a range where a subject's numbers do not overflow, underflow or lose digits.
    /// </summary>
    /// <param name="unitRoundoff">u of the subject's numbers: those of 16 bits with 11 digits have a small range.</param>
    /// <returns>False also if a norm without ε has equal features.</returns>
    public bool CanBeJudged(double unitRoundoff)
    {
        try
        {
            return StaysInRange(unitRoundoff);
        }
        catch (WrittenOutConstantException)
        {
            return false;
        }
    }

    /// <summary>Whether a norm divides by a standard deviation without a positive ε.</summary>
    public bool HasBareNorm => LayerFamilies.All(Network.Layers).Any(layer => layer is Norm { Epsilon: < 1e-12 });

    private bool StaysInRange(double unitRoundoff)
    {
        // The bounds allow for single numbers that underflow (Underflow). This is not enough where the format has few exponents, so that most numbers are
        // small, nor before a norm without ε, which enlarges them without limit.
        var (tiniest, least, most) = Underflow.IsOfSmallRange(unitRoundoff) ? (1e-4, 1e-2, 1e2) : (HasBareNorm ? 1e-30 : 0, 1e-9, 1e9);
        var batch = Batch();
        var input = new WrittenOutFeatures(Images, Network.Input.Height, Network.Input.Width, Network.Input.Channels, batch.Signal, batch.Noise);
        return new WrittenOutMapping(Network, new SiteCase(Network, Images).Parameters(Seed))
            .Propagate(input)
            .Places.SelectMany(place => new[] { place.Features.Signal, place.Features.Noise })
            .All(tensor =>
                tensor.Max(Math.Abs) is var largest
                && (largest == 0 || (largest > least && largest < most))
                && tensor.All(value => value == 0 || Math.Abs(value) > tiniest)
            );
    }

    /// <summary>Signal and noise at the input.</summary>
    public Batch Batch()
    {
        var batch = Audit.Batch.Gaussian(Network, Images, Seed, 0);
        var zeros = new double[batch.Signal.Length];
        var positions = Images * Network.Input.Positions;
        var only = (long)(Seed % (ulong)positions);
        var (signal, noise) = Input switch
        {
            GeneratedInput.Gaussian => (batch.Signal, batch.Noise),
            GeneratedInput.Offset => ([.. batch.Signal.Select(value => value + Offset)], batch.Noise),
            GeneratedInput.Equal => (batch.Signal, batch.Signal),
            GeneratedInput.ZeroSignal => (zeros, batch.Noise),
            GeneratedInput.ZeroNoise => (batch.Signal, zeros),
            GeneratedInput.OnePosition => ([.. batch.Signal.Select((value, i) => i / Network.Input.Channels == only ? value : 0)], batch.Noise),
            _ => throw new InvalidOperationException($"no numbers for {Input}"),
        };
        return batch with { Signal = Scaled(signal), Noise = Scaled(noise) };
    }

    /// <summary>The same with signal and noise exchanged.</summary>
    public static Batch Exchanged(Batch batch) => batch with { Signal = batch.Noise, Noise = batch.Signal };

    /// <summary>Numbers of single precision, so that every subject gets the same ones.</summary>
    private double[] Scaled(double[] values) => [.. values.Select(value => (double)(float)(Scale * value))];
}
