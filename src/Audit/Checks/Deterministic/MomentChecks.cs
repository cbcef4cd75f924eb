using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>D1 and D2: the moments and effective ranks that a subject reports are those of its tensors, and obey their inequalities.</summary>
internal static class MomentChecks
{
    /// <summary>Input scales: the bookkeeping of powers must survive numbers far from 1. Fourth powers stay within single precision.</summary>
    private static readonly double[] Scales = [1, 1e7, 1e-7];

    /// <summary>D1: reported moments, logarithms and χ against the definitions, and the inequalities between them.</summary>
    public static IEnumerable<Measurement> Moments(CheckContext context, string architecture)
    {
        var (definitions, inequalities) = (new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1))
        {
            foreach (var scale in Scales)
            {
                (given with { Input = given.Input with { Signal = Scaled(given.Input.Signal, scale), Noise = Scaled(given.Input.Noise, 1 / scale) } })
                    .Trace(context.Subject, snapshot => Compare(snapshot, $"{snapshot.Where}, {given.Description}, input × {scale:G1}"));
            }
        }

        yield return definitions.Conclude("reported moments against their definitions");
        yield return inequalities.Conclude("inequalities between reported moments");

        void Compare(Snapshot snapshot, string where)
        {
            var moments = snapshot.Moments();
            var tolerance = RoundingBound.OfMean(snapshot.Shape, context.UnitRoundoff);
            var nu1 = snapshot.Signal.Average(Math.Abs);
            var nu2 = snapshot.Signal.Average(value => value * value);
            var mu2 = WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average();
            var means = WrittenOutLayers.Means(snapshot.Signal, snapshot.Shape.Channels);
            var mu4 = WrittenOutLayers.OverPoints(snapshot.Signal, snapshot.Shape.Channels, (value, channel) => Math.Pow(value - means[channel], 4)).Average();
            var noise = snapshot.Noise.Average(value => value * value);
            var chi = Math.Sqrt(noise / mu2);

            // Centring cancels: its rounding is relative to the uncentred moment.
            Add("nu1_abs_signal", moments.Nu1AbsSignal, nu1, nu1, "ν₁(|x|)");
            Add("nu2_signal", moments.Nu2Signal, nu2, nu2, "ν₂(x)");
            Add("mu2_signal", moments.Mu2Signal, mu2, nu2, "μ₂(x)");
            Add("mu4_signal", moments.Mu4Signal, mu4, snapshot.Signal.Average(value => Math.Pow(value, 4)), "μ₄(x)");
            Add("mu2_noise", moments.Mu2Noise, noise, noise, "μ₂(dx)");
            Add("log_nu2_signal", moments.LogNu2Signal, Math.Log(nu2), 1, "ln ν₂(x)");
            Add("log_mu2_signal", moments.LogMu2Signal, Math.Log(mu2), nu2 / mu2, "ln μ₂(x)");
            Add("log_mu2_noise", moments.LogMu2Noise, Math.Log(noise), 1, "ln μ₂(dx)");
            Add("chi", moments.Chi, chi, chi * nu2 / mu2, "χ");
            Add("log_chi", moments.LogChi, Math.Log(chi), nu2 / mu2, "ln χ");
            if (!(context.Reports("nu1_abs_signal") && context.Reports("nu2_signal") && context.Reports("mu2_signal") && context.Reports("mu4_signal")))
            {
                return;
            }

            inequalities.AddBetween(new Observed(moments.Mu2Signal / moments.Nu2Signal), new Expected(0), new Expected(1), tolerance, $"μ₂ ≤ ν₂, {where}");
            inequalities.AddBetween(new Observed(moments.Mu2Signal * moments.Mu2Signal / moments.Mu4Signal), new Expected(0), new Expected(1), 4 * tolerance * nu2 * nu2 / (mu2 * mu2), $"μ₂² ≤ μ₄, {where}");
            inequalities.AddBetween(new Observed(moments.Nu1AbsSignal * moments.Nu1AbsSignal / moments.Nu2Signal), new Expected(0), new Expected(1), 4 * tolerance, $"ν₁² ≤ ν₂, {where}");

            void Add(string moment, double reported, double defined, double size, string name)
            {
                if (context.Reports(moment))
                {
                    // However good the moment, its logarithm rounds by a few units of its own magnitude.
                    var ofLogarithm = moment.StartsWith("log", StringComparison.Ordinal) ? 4 * context.UnitRoundoff * Math.Abs(defined) : 0;
                    definitions.Add(new Observed(reported), new Expected(defined), (tolerance * size) + ofLogarithm, $"{name}, {where}");
                }
            }
        }
    }

    /// <summary>D2: the effective rank behind the ReLU is Tr C/λ_max(C), within its bounds, and does not change when images are reordered.</summary>
    public static IEnumerable<Measurement> EffectiveRank(CheckContext context, string architecture)
    {
        var (definition, bounds, invariance) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1))
        {
            var ranks = new Dictionary<int, double>();
            given.Trace(context.Subject, snapshot =>
            {
                if (snapshot.Place.Kind != PlaceKind.Relu)
                {
                    return;
                }

                var moments = snapshot.Moments();
                var tolerance = Tolerance(snapshot.Shape);
                if (context.Reports("reff_signal"))
                {
                    Compare(moments.ReffSignal, snapshot.Signal, "signal");
                }

                if (context.Reports("reff_noise"))
                {
                    Compare(moments.ReffNoise, snapshot.Noise, "noise");
                }

                ranks[snapshot.Depth] = moments.ReffSignal;

                void Compare(double reported, double[] values, string what)
                {
                    definition.Add(new Observed(reported), new Expected(Defined(values, snapshot.Shape)), tolerance * reported, $"{what}, {snapshot.Where}, {given.Description}");
                    bounds.AddBetween(new Observed(reported), new Expected(1), new Expected(Bounds.LargestEffectiveRank(snapshot.Shape.Points, snapshot.Shape.Channels)), tolerance * reported, $"{what}, {snapshot.Where}, {given.Description}");
                }
            });
            (given with { Input = Rotated(given.Input) }).Trace(context.Subject, snapshot =>
            {
                if (snapshot.Place.Kind == PlaceKind.Relu && context.Reports("reff_signal"))
                {
                    var before = ranks[snapshot.Depth];
                    invariance.Add(new Observed(snapshot.Moments().ReffSignal), new Expected(before), before * (Tolerance(snapshot.Shape) + (RoundingBound.Of(given, context.UnitRoundoff) * 4)), $"{snapshot.Where}, {given.Description}");
                }
            });
        }

        yield return definition.Conclude("reported effective rank against Tr C/λ_max(C)");
        yield return bounds.Conclude("1 ≤ r_eff ≤ min(N, P - 1)");
        yield return invariance.Conclude("effective rank of reordered images");

        // Beside rounding, an eigenvalue solver may stop at 1e-6, which is far below what any reader of an effective rank needs.
        double Tolerance(TensorShape shape) => 1e-6 + RoundingBound.OfMean(shape, context.UnitRoundoff);
    }

    private static double Defined(double[] values, TensorShape shape)
    {
        var features = Matrix<double>.Build.DenseOfRowMajor(shape.Points, shape.Channels, values);
        var centred = features.MapIndexed((_, channel, value) => value - features.Column(channel).Average());
        var spectrum = (centred.TransposeThisAndMultiply(centred) / shape.Points).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        return spectrum.Sum() / spectrum.Max();
    }

    private static double[] Scaled(double[] values, double factor) => [.. values.Select(value => (double)(float)(value * factor))];

    /// <summary>The last image first.</summary>
    private static Batch Rotated(Batch batch)
    {
        var image = batch.Shape.Elements / batch.Shape.Images;
        return batch with { Signal = [.. batch.Signal[^image..], .. batch.Signal[..^image]], Noise = [.. batch.Noise[^image..], .. batch.Noise[..^image]] };
    }
}
