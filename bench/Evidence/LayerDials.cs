using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>The defects of the power table whose claims bind to the sites of any network.</summary>
/// <remarks>
/// The interpreter propagates each defect: what comes after it is right for what came before. So where a law is conditional on the layer below, every site
/// shows an effect of the stated size.
/// </remarks>
internal static class LayerDials
{
    /// <summary>The seed of numbers that all layers, simulations and seeds share.</summary>
    private const ulong Common = 1903;

    /// <summary>The claims about ln χ at the end of a network.</summary>
    private static readonly string[] Ends = ["R3", "Z2", "F1", "F2", "F3", "F7"];

    /// <summary>The dials.</summary>
    public static IEnumerable<Dial> Collect() => [.. Laws(), .. Elements()];

    private static IEnumerable<Dial> Laws() =>
        [
            Law("N1", "signal after activations, in its power", ActivationLaws.PowerDiscrepancy, Signal),
            Law("N1", "noise after activations, in its power", ActivationLaws.PowerDiscrepancy, Noise),
            Law("N2", "a part of the noise that is common to all points, in their correlation", PairLaws.NoiseDiscrepancy, CommonNoise),
            Law("N3", "a share of the signal in the noise, as their correlation", ActivationLaws.CorrelationDiscrepancy, NoiseKeepsSignal),
            Law("B2", "signal after activations, in its power", BatchNormLaws.SignalDiscrepancy, Signal),
            Law("B5", "noise after batch norm, in its power", BatchNormLaws.NoiseDiscrepancy, NoiseAfterNorm),
            Law("LN1", "weights and biases, in 1/σ²", InputNormLaws.InverseDiscrepancy, d => Gain(1 / (1 + d))),
            Law("LN3", "noise after the norm, in its power", InputNormLaws.NoiseDiscrepancy, NoiseAfterNorm),
            Law("LN4", "signal after activations, in the products of two points", PairLaws.SignalDiscrepancy, Signal),
            Law("V1", "signal after activations, in its power", LeakyLaws.ConservationDiscrepancy, Signal),
            Law("V1", "noise after activations, in its power", LeakyLaws.ConservationDiscrepancy, Noise),
            Law(
                "V2",
                "weight variance, in the distance of distributions of a step",
                LeakyLaws.StepDistance,
                d => Gain(1 + GainAtDistance(d, WeightLaw.Normal))
            ),
            Law(
                "V3",
                "weight variance, in the distance of distributions of a step",
                LeakyLaws.StepDistance,
                d => Gain(1 + GainAtDistance(d, WeightLaw.Orthogonal))
            ),
            Law("V6", "signal after activations, in its power", InputNormLaws.PowerDiscrepancy, Signal),
            Law("Z1", "weight variance, in ν₂ of the branch", DilutionLaws.GrowthDiscrepancy, d => Gain(1 + d)),
            Law("DR1", "masks, in the power of signal and noise", DropoutLaws.PowerDiscrepancy, Masks),
            Law("DR2", "features that are kept too often, in their share", MaskShareLaws.KeptDiscrepancy, KeptTooOften),
            Law(
                "DR3",
                "a share of mappings with the masks of one simulation, as the correlation of two",
                MaskIndependenceLaws.CorrelationDiscrepancy,
                CommonMasks
            ),
            Law("T1", "noise after attention, in its power", AttentionPowers.PowerDiscrepancy, d => new() { NoiseAtPlace = _ => Math.Sqrt(1 + d) }),
            // Noise is linear: with a factor at the first place it has that factor at every place.
            .. Ends.Select(claim => new LayerDial(
                claim,
                "noise, in ln χ",
                SampledLaws.LogChiDiscrepancy,
                d => new LayerDialledSubject(_ => true, snapshot => snapshot with { Noise = [.. snapshot.Noise.Select(dx => Math.Exp(d) * dx)] })
            )),
            Law("I13", "variance of normal weights", OwnParameterLaws.VarianceDiscrepancy, d => Drawn(ParameterKind.Weights, d)),
            Law("I13", "variance of the biases", OwnParameterLaws.BiasDiscrepancy, d => Drawn(ParameterKind.Biases, d)),
            Law(
                "I14",
                "weights with a share common to all layers, simulations and seeds, as the correlation of any two",
                OwnParameterLaws.FreshDiscrepancy,
                Shared(ParameterKind.Weights)
            ),
            Law(
                "I15",
                "biases with a share common to all layers, simulations and seeds, as the correlation of any two",
                BiasLaws.Discrepancy,
                Shared(ParameterKind.Biases)
            ),
        ];

    private static IEnumerable<Dial> Elements() =>
        [
            Element("O5", "an element of a convolution or dense layer", LayerFamily.Linear),
            Element("O6", "an element after an activation", LayerFamily.Activation),
            Element("O7", "an element after batch norm", LayerFamily.BatchNorm),
            Element("O8", "an element after a norm of inputs", LayerFamily.InputNorm),
            Element("O9", "an element after pooling or scaling", LayerFamily.Pooling),
            Element("O10", "an element of a sum", LayerFamily.Residual),
            Element("O11", "an element after dropout", LayerFamily.Dropout),
            Element("O12", "an element after attention", LayerFamily.Attention),
            new LayerElementDial("D9", "a reported ν₂", (snapshot, amount) => snapshot with { Moments = () => Larger(snapshot.Moments(), 1 + amount) })
            {
                In = weights => weights is Weights.Own,
            },
        ];

    private static LayerDial Law(string claim, string defect, double delta, Func<double, LayerRules> rules) =>
        new(claim, defect, delta, d => new LayerInterpreter("dialled", rules(d)));

    private static LayerElementDial Element(string claim, string defect, LayerFamily family) => new(claim, defect, LayerElementDial.FirstElementAfter(family));

    private static ReportedMoments Larger(ReportedMoments moments, double factor) => moments with { Nu2Signal = moments.Nu2Signal * factor };

    private static LayerRules Signal(double excess) => new() { Value = (function, u) => Math.Sqrt(1 + excess) * WrittenOutFunction.Value(function, u) };

    private static LayerRules Noise(double excess) =>
        new() { Derivative = (function, u) => Math.Sqrt(1 + excess) * WrittenOutFunction.Derivative(function, u) };

    private static LayerRules NoiseAfterNorm(double excess) => new() { Scale = (norm, isNoise) => isNoise ? Math.Sqrt(1 + excess) * norm.Scale : norm.Scale };

    /// <summary>Weights and biases of all linear layers, with a factor on their variance.</summary>
    private static LayerRules Gain(double variance) =>
        new() { Gain = (_, _) => Math.Sqrt(variance), Bias = (bias, isNoise) => isNoise ? 0 : Math.Sqrt(variance) * bias };

    /// <summary>Masks in which what was dropped is kept after all with a probability that makes the share 1 + d times p.</summary>
    private static LayerRules KeptTooOften(double excess) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                tensor is { Kind: ParameterKind.Mask, Layer: Dropout { Keep: < 1 } dropout }
                    ? Mixed(tensor, length, seed, simulation, excess * dropout.Keep / (1 - dropout.Keep), value => value > 0 ? value : 1 / dropout.Keep)
                    : LayerRules.Drawn(tensor, length, seed, simulation),
        };

    /// <summary>Masks of which each number is, with probability √d, that of one common simulation: two such masks agree with correlation d.</summary>
    private static LayerRules CommonMasks(double correlation) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
            {
                var own = LayerRules.Drawn(tensor, length, seed, simulation);
                if (tensor.Kind is not (ParameterKind.Mask or ParameterKind.Survival))
                {
                    return own;
                }

                var common = LayerRules.Drawn(tensor, length, Common, 0);
                var chosen = Chances(tensor, length, seed, simulation);
                return [.. own.Select((value, i) => chosen[i] < Math.Sqrt(correlation) ? common[i] : value)];
            },
        };

    /// <summary>Drawn numbers, each of which is changed with a probability.</summary>
    private static double[] Mixed(ParameterTensor tensor, int length, ulong seed, uint simulation, double probability, Func<double, double> change)
    {
        var chances = Chances(tensor, length, seed, simulation);
        return [.. LayerRules.Drawn(tensor, length, seed, simulation).Select((value, i) => chances[i] < probability ? change(value) : value)];
    }

    /// <summary>Uniform numbers between 0 and 1, independent of the tensor itself.</summary>
    private static double[] Chances(ParameterTensor tensor, int length, ulong seed, uint simulation) =>
        Array.ConvertAll(
            LayerRules.Drawn(
                tensor with
                {
                    Kind = ParameterKind.Weights,
                    FanIn = 1,
                    Variance = 1.0 / 12,
                    Law = WeightLaw.Uniform,
                },
                length,
                seed ^ Common,
                simulation
            ),
            value => value + 0.5
        );

    private static LayerRules Masks(double excess)
    {
        var right = new LayerRules().Mask;
        return new()
        {
            Mask = (layer, mask, point, channel, channels, isNoise) => Math.Sqrt(1 + excess) * right(layer, mask, point, channel, channels, isNoise),
        };
    }

    /// <summary>
    /// A random sign for each channel, added to the noise of every point. Its square adds to each product of two points: so their correlation, relative to
    /// the noise that was there, grows by the stated size as far as points have equal noise.
    /// </summary>
    private static LayerRules CommonNoise(double correlation) =>
        new()
        {
            AfterActivation = output =>
            {
                var size = Math.Sqrt(correlation * MeanSquare(output.Noise));
                return output with
                {
                    Noise = [.. output.Noise.Select((value, i) => value + ((Mixing.Mix(Common + (ulong)(i % output.Channels)) & 1) == 0 ? size : -size))],
                };
            },
        };

    /// <summary>The correlation grows by the stated size as far as points have equal powers.</summary>
    private static LayerRules NoiseKeepsSignal(double correlation) =>
        new()
        {
            AfterActivation = output =>
            {
                var share = correlation * Math.Sqrt(MeanSquare(output.Noise) / MeanSquare(output.Signal));
                return output with { Noise = [.. output.Noise.Zip(output.Signal, (dx, x) => dx + (share * x))] };
            },
        };

    /// <summary>Biases are normal; weights of other laws have bounds that any factor breaks.</summary>
    private static LayerRules Drawn(ParameterKind kind, double excess) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                LayerRules.Drawn(tensor, length, seed, simulation) is var drawn && tensor.Kind == kind && tensor.Law == WeightLaw.Normal
                    ? Array.ConvertAll(drawn, value => Math.Sqrt(1 + excess) * value)
                    : drawn,
        };

    /// <summary>Numbers of one length share a part: any two sets have the stated correlation, one at most.</summary>
    private static Func<double, LayerRules> Shared(ParameterKind kind) =>
        correlation =>
            new()
            {
                Draw = (tensor, length, seed, simulation) =>
                {
                    var drawn = LayerRules.Drawn(tensor, length, seed, simulation);
                    if (tensor.Kind != kind)
                    {
                        return drawn;
                    }

                    var (share, common) = (Math.Min(1, correlation), new double[length]);
                    new RandomNumbers(Common, 0, (uint)length, RandomPurpose.Weights).FillNormal<double>(common, Math.Sqrt(tensor.Variance));
                    return [.. drawn.Zip(common, (own, shared) => (Math.Sqrt(1 - share) * own) + (Math.Sqrt(share) * shared))];
                },
            };

    /// <summary>
    /// The excess of variance whose factor moves the distribution of a step by the given distance: to leading order of the width a step is normal, and a
    /// factor moves its mean.
    /// </summary>
    private static double GainAtDistance(double distance, WeightLaw law)
    {
        // The slope and width of the walks that V2 and V3 look at.
        const double squared = 0.01;
        const int width = 32;
        var (mean, spread) = (
            (1 + squared) / 2,
            law == WeightLaw.Orthogonal ? 3 - (6 * squared) + (3 * squared * squared) : 5 - (2 * squared) + (5 * squared * squared)
        );
        var deviation = Math.Sqrt(spread / 4 / width);
        return 2 * deviation / mean * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + distance) / 2);
    }

    private static double MeanSquare(double[] values) => values.Average(value => value * value);
}
