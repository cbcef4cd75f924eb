using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>D1 and D2: the moments and effective ranks that a subject reports are those of its tensors, and obey their inequalities.</summary>
internal static class MomentChecks
{
    /// <summary>Input scales, some far from 1, at which powers must be tracked correctly. Fourth powers stay within single precision.</summary>
    private static readonly double[] Scales = [1, 1e7, 1e-7];

    /// <summary>D1: compares reported moments, logarithms and χ with their definitions, and tests the inequalities between them.</summary>
    public static IEnumerable<Measurement> Moments(CheckContext context, Architecture architecture)
    {
        var (definitions, inequalities) = (new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1, zeroWillDo: true))
        {
            foreach (var scale in Scales)
            {
                (given with { Input = given.Input with { Signal = Scaled(given.Input.Signal, scale), Noise = Scaled(given.Input.Noise, 1 / scale) } }).Trace(
                    context.Subject,
                    snapshot => Compare(snapshot, $"{snapshot.Where}, {given.Description}, input × {scale:G1}")
                );
            }
        }

        yield return definitions.Conclude("reported moments against their definitions");
        yield return inequalities.Conclude("inequalities between reported moments");

        void Compare(Snapshot snapshot, string where)
        {
            var moments = snapshot.Moments();
            var rounding = new MomentRounding(snapshot.Shape, context.UnitRoundoff);
            var nu1 = snapshot.Signal.Average(Math.Abs);
            var nu2 = snapshot.Signal.Average(value => value * value);
            var mu2 = WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average();
            var means = WrittenOutLayers.Means(snapshot.Signal, snapshot.Shape.Channels);
            var mu4 = WrittenOutLayers.OverPoints(snapshot.Signal, snapshot.Shape.Channels, (value, channel) => Math.Pow(value - means[channel], 4)).Average();
            var noise = snapshot.Noise.Average(value => value * value);
            var chi = Math.Sqrt(noise / mu2);

            // Centring cancels: its rounding is relative to the uncentred moment.
            var fourth = snapshot.Signal.Average(value => Math.Pow(value, 4));
            var (ofNu1, ofNu2, ofMu2, ofMu4) = (rounding.Nu1 * nu1, rounding.Nu2 * nu2, rounding.Mu2 * nu2, rounding.Mu4 * fourth);
            var relativeMu2 = MomentRounding.Relatively(ofMu2 / mu2);
            var logChi = LogarithmOfChi(snapshot, nu2, mu2, noise, context.UnitRoundoff);
            Add("nu1_abs_signal", moments.Nu1AbsSignal, nu1, ofNu1, "ν₁(|x|)");
            Add("nu2_signal", moments.Nu2Signal, nu2, ofNu2, "ν₂(x)");
            Add("mu2_signal", moments.Mu2Signal, mu2, ofMu2, "μ₂(x)");
            Add("mu4_signal", moments.Mu4Signal, mu4, ofMu4, "μ₄(x)");
            Add("mu2_noise", moments.Mu2Noise, noise, rounding.Nu2 * noise, "μ₂(dx)");
            Add("log_nu2_signal", moments.LogNu2Signal, Math.Log(nu2), rounding.OfLogarithm(rounding.Nu2, Math.Log(nu2)), "ln ν₂(x)");
            Add("log_mu2_signal", moments.LogMu2Signal, Math.Log(mu2), rounding.OfLogarithm(ofMu2 / mu2, Math.Log(mu2)), "ln μ₂(x)");
            Add("log_mu2_noise", moments.LogMu2Noise, Math.Log(noise), rounding.OfLogarithm(rounding.Nu2, Math.Log(noise)), "ln μ₂(dx)");
            Add("log_chi", moments.LogChi, Math.Log(chi), logChi, "ln χ");

            // Besides the moments, a quotient, a root and a product are rounded. A root halves relative errors, so this bound is larger than needed.
            Add("chi", moments.Chi, chi, chi * (rounding.Nu2 + relativeMu2 + (rounding.Nu2 * relativeMu2) + Roundings.Gamma(3, context.UnitRoundoff)), "χ");
            if (!(context.Reports("nu1_abs_signal") && context.Reports("nu2_signal") && context.Reports("mu2_signal") && context.Reports("mu4_signal")))
            {
                return;
            }

            // The quotients may exceed 1 as far as correct moments allow.
            inequalities.AddBetween(
                new Observed(moments.Mu2Signal / moments.Nu2Signal),
                new Expected(0),
                new Expected(1),
                Excess(mu2 + ofMu2, nu2, ofNu2),
                $"μ₂ ≤ ν₂, {where}"
            );
            inequalities.AddBetween(
                new Observed(moments.Mu2Signal * moments.Mu2Signal / moments.Mu4Signal),
                new Expected(0),
                new Expected(1),
                Excess(Math.Pow(mu2 + ofMu2, 2), mu4, ofMu4),
                $"μ₂² ≤ μ₄, {where}"
            );
            inequalities.AddBetween(
                new Observed(moments.Nu1AbsSignal * moments.Nu1AbsSignal / moments.Nu2Signal),
                new Expected(0),
                new Expected(1),
                Excess(Math.Pow(nu1 + ofNu1, 2), nu2, ofNu2),
                $"ν₁² ≤ ν₂, {where}"
            );

            void Add(string moment, double reported, double defined, double bound, string name)
            {
                if (context.Reports(moment))
                {
                    definitions.Add(new Observed(reported), new Expected(defined), bound, $"{name}, {where}");
                }
            }
        }

        static double Excess(double largest, double divisor, double ofDivisor) =>
            ofDivisor < divisor ? Math.Max(0, (largest / (divisor - ofDivisor)) - 1) : double.PositiveInfinity;
    }

    /// <summary>The largest error of a reported ln χ: half the sum of the errors of the two logarithms of moments that are subtracted.</summary>
    public static double LogarithmOfChi(Snapshot snapshot, double unitRoundoff) =>
        LogarithmOfChi(
            snapshot,
            snapshot.Signal.Average(value => value * value),
            WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average(),
            snapshot.Noise.Average(value => value * value),
            unitRoundoff
        );

    private static double LogarithmOfChi(Snapshot snapshot, double nu2, double mu2, double noise, double unitRoundoff)
    {
        var rounding = new MomentRounding(snapshot.Shape, unitRoundoff);
        return 0.5 * (rounding.OfLogarithm(rounding.Nu2, Math.Log(noise)) + rounding.OfLogarithm(rounding.Mu2 * nu2 / mu2, Math.Log(mu2)));
    }

    /// <summary>D2: the effective rank after the ReLU is Tr C/λ_max(C), within its bounds, and does not change when images are reordered.</summary>
    public static IEnumerable<Measurement> EffectiveRank(CheckContext context, Architecture architecture)
    {
        var (definition, bounds, invariance) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1, zeroWillDo: true))
        {
            var ranks = new Dictionary<int, double>();
            given.Trace(
                context.Subject,
                snapshot =>
                {
                    if (snapshot.Place.Kind != UnitPlaceKind.Relu)
                    {
                        return;
                    }

                    var moments = snapshot.Moments();
                    if (context.Reports("reff_signal"))
                    {
                        ranks[snapshot.Depth] = moments.ReffSignal;
                        Compare(moments.ReffSignal, snapshot.Signal, "signal");
                    }

                    if (context.Reports("reff_noise"))
                    {
                        Compare(moments.ReffNoise, snapshot.Noise, "noise");
                    }

                    void Compare(double reported, double[] values, string what)
                    {
                        var spectrum = Spectrum.Compute(values, snapshot.Shape);
                        var bound = EffectiveRankRounding.OfReported(snapshot.Shape, spectrum.Squares, spectrum.Largest, spectrum.Rank, context.UnitRoundoff);
                        definition.Add(new Observed(reported), new Expected(spectrum.Rank), bound, $"{what}, {snapshot.Where}, {given.Description}");
                        bounds.AddBetween(
                            new Observed(reported),
                            new Expected(1),
                            new Expected(Bounds.LargestEffectiveRank(snapshot.Shape.Points, snapshot.Shape.Channels)),
                            bound,
                            $"{what}, {snapshot.Where}, {given.Description}"
                        );
                    }
                }
            );
            if (!context.Reports("reff_signal"))
            {
                continue;
            }

            var next = 0;
            var carried = new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff).Through(given.Input);
            (given with { Input = Rotated(given.Input) }).Trace(
                context.Subject,
                snapshot =>
                {
                    // The bounds do not depend on the order of the images, so the two signals differ by at most two bounds.
                    var difference = 2 * Enclosure.Norm(carried[next++].SignalBound);
                    if (snapshot.Place.Kind == UnitPlaceKind.Relu)
                    {
                        invariance.Add(
                            new Observed(snapshot.Moments().ReffSignal),
                            new Expected(ranks[snapshot.Depth]),
                            OfTwoRanks(snapshot, difference, context.UnitRoundoff),
                            $"{snapshot.Where}, {given.Description}"
                        );
                    }
                }
            );
        }

        yield return definition.Conclude("reported effective rank against Tr C/λ_max(C)");
        yield return bounds.Conclude("1 ≤ r_eff ≤ min(N, P - 1)");
        yield return invariance.Conclude("effective rank of reordered images");
    }

    /// <summary>The largest allowed difference between the reported ranks of two signals.</summary>
    /// <param name="snapshot">One of the signals.</param>
    /// <param name="difference">Euclidean norm of the difference to the other signal, after it is put in the same order.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The sum of the errors of both reports and the change by the signals' difference.</returns>
    public static double OfTwoRanks(Snapshot snapshot, double difference, double unitRoundoff)
    {
        var (spectrum, perPoint) = (Spectrum.Compute(snapshot.Signal, snapshot.Shape), difference / Math.Sqrt(snapshot.Shape.Points));
        var changed = EffectiveRankRounding.OfChanged(snapshot.Shape.Points, spectrum.Largest, spectrum.Rank, difference);
        return changed + Reported(0) + Reported(perPoint);

        double Reported(double change) =>
            EffectiveRankRounding.OfReported(
                snapshot.Shape,
                Math.Pow(Math.Sqrt(spectrum.Squares) + change, 2),
                Math.Pow(Math.Max(0, Math.Sqrt(spectrum.Largest) - change), 2),
                change == 0 ? spectrum.Rank : spectrum.Rank + changed,
                unitRoundoff
            );
    }

    /// <summary>Sums of the eigenvalues of the covariance of a tensor's points.</summary>
    /// <param name="Rank">Tr C/λ_max.</param>
    /// <param name="Largest">λ_max.</param>
    /// <param name="Squares">The trace before centring: the mean squares of all channels together.</param>
    internal readonly record struct Spectrum(double Rank, double Largest, double Squares)
    {
        /// <summary>Computes them by the definition.</summary>
        public static Spectrum Compute(double[] values, TensorShape shape)
        {
            var features = Matrix<double>.Build.DenseOfRowMajor(shape.Points, shape.Channels, values);
            var means = WrittenOutLayers.Means(values, shape.Channels);
            var centred = features.MapIndexed((_, channel, value) => value - means[channel]);
            var spectrum = (centred.TransposeThisAndMultiply(centred) / shape.Points)
                .Evd(Symmetricity.Symmetric)
                .EigenValues.Select(value => value.Real)
                .ToArray();
            return new Spectrum(spectrum.Sum() / spectrum.Max(), spectrum.Max(), WrittenOutLayers.MeanSquares(values, shape.Channels).Sum());
        }
    }

    private static double[] Scaled(double[] values, double factor) => [.. values.Select(value => (double)(float)(value * factor))];

    /// <summary>The batch with its last image first.</summary>
    private static Batch Rotated(Batch batch)
    {
        var image = batch.Shape.Elements / batch.Shape.Images;
        return batch with { Signal = [.. batch.Signal[^image..], .. batch.Signal[..^image]], Noise = [.. batch.Noise[^image..], .. batch.Noise[..^image]] };
    }
}
