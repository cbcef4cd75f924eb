using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A network that was drawn, and what is asked about it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">Images of the batch.</param>
/// <param name="Noise">Of which mapping the noise is the derivative.</param>
/// <param name="Input">What goes in.</param>
/// <param name="Scale">What signal and noise are multiplied by.</param>
/// <param name="Seed">Seed of parameters and input, below 2⁵².</param>
internal sealed record GeneratedCase(Network Network, int Images, NoiseKind Noise, GeneratedInput Input, double Scale, ulong Seed)
{
    /// <summary>How far signals of <see cref="GeneratedInput.Offset"/> are from 0.</summary>
    private const double Offset = 5;

    /// <summary>In one line.</summary>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Files.Counted.Spell(Images, "image")} of {Network.Input}, noise {Words.Spell(Noise)}, input "
                + $"{Words.Spell(Input)}{(Scale == 1 ? "" : $" × {Scale:0.###}")}, seed {Seed}"
        );

    /// <summary>Numbers at the widest place.</summary>
    public long Numbers => Images * Network.Places.Select(place => place.Shape.Features).Append(Network.Input.Features).Max();

    /// <summary>Whether its numbers stay where a subject's numbers neither overflow nor lose digits or underflow, squares and sums of them included.</summary>
    /// <param name="unitRoundoff">u of the subject's numbers: those of 16 bits with 11 digits have a small range.</param>
    /// <returns>False also where a norm without ε meets equal features.</returns>
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

    /// <summary>Whether a norm divides by a deviation to which nothing is added.</summary>
    private bool HasBareNorm => LayerFamilies.All(Network.Layers).Any(layer => layer is Norm { Epsilon: < 1e-12 });

    private bool StaysInRange(double unitRoundoff)
    {
        // Single numbers that underflow are allowed for (Underflow), but where few exponents leave little else, and before a norm without ε, which enlarges
        // them without end.
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
