using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// D9: the moments that a subject reports at the places of any network are those of its tensors there, and its effective ranks after activations are
/// Tr C/λ_max(C).
/// </summary>
internal static class MomentLaws
{
    /// <summary>Means and scales of inputs, some far from 0 and 1: there, single-pass sums of squares lose the variance.</summary>
    private static readonly (double Mean, double Scale)[] Inputs = [(0, 1), (1000, 1), (1, 1e5), (0, 1e-5)];

    /// <summary>Powers of two within which doubles and sums of some of them keep all their digits.</summary>
    private const int MostExponent = 960;

    /// <summary>Compares the moments of every place.</summary>
    public static IEnumerable<Measurement> Moments(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var (moments, ranks) = (new ExactComparison(), new ExactComparison());
        foreach (var (study, site) in cases.Index())
        {
            foreach (var (mean, scale) in Inputs)
            {
                if (context.Offers(site.Network, site.Images, NoiseKind.Mapping, given: false))
                {
                    var input = site.Input(context.SeedOf(~study), mean, scale);
                    NetworkTrace.Record(
                        context.Subject,
                        site.Network,
                        NoiseKind.Mapping,
                        new Weights.Own(context.SeedOf(study), 0),
                        input,
                        snapshot =>
                            Compare(
                                snapshot,
                                context.Reports,
                                context.UnitRoundoff,
                                moments,
                                ranks,
                                FormattableString.Invariant($"{snapshot.Where}, {site.Description}, ({mean} + input) × {scale:G1}")
                            )
                    );
                }
            }
        }

        yield return moments.Conclude("reported moments at every place");
        if (ranks.Comparisons > 0)
        {
            yield return ranks.Conclude("effective ranks after activations");
        }
    }

    /// <summary>Compares the moments that are reported at one place with those of its tensors.</summary>
    /// <param name="snapshot">The place, while its moments are available.</param>
    /// <param name="reports">Whether the subject reports a moment.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <param name="moments">Collects comparisons of moments.</param>
    /// <param name="ranks">Collects comparisons of effective ranks.</param>
    /// <param name="where">The place in words, for messages.</param>
    /// <param name="ranksOfAll">Whether effective ranks are compared after every layer, and not only after activations.</param>
    public static void Compare(
        NetworkSnapshot snapshot,
        Func<string, bool> reports,
        double unitRoundoff,
        ExactComparison moments,
        ExactComparison ranks,
        string where,
        bool ranksOfAll = false
    )
    {
        var (reported, rounding) = (snapshot.Moments(), new MomentRounding(snapshot.Shape, unitRoundoff));
        var channels = snapshot.Shape.Channels;
        var ((signal, unit), (ofNoise, noiseUnit)) = (Scaled(snapshot.Signal), Scaled(snapshot.Noise));
        if (signal is null || ofNoise is null)
        {
            // Most digits of these numbers are lost before they are shown.
            return;
        }

        var (nu2, mu2, noise) = (
            WrittenOutLayers.MeanSquare(signal),
            WrittenOutLayers.Variances(signal, channels).Average(),
            WrittenOutLayers.MeanSquare(ofNoise)
        );
        var ofMu2 = CentredFirst(signal, snapshot.Shape, mu2, unitRoundoff);
        var relative = MomentRounding.Relatively(ofMu2 / mu2);
        Add("nu1_abs_signal", reported.Nu1AbsSignal, signal.Average(Math.Abs), rounding.Nu1 * signal.Average(Math.Abs), unit);
        Add("nu2_signal", reported.Nu2Signal, nu2, rounding.Nu2 * nu2, 2 * unit);
        Add("mu2_signal", reported.Mu2Signal, mu2, ofMu2, 2 * unit);
        Add("mu2_noise", reported.Mu2Noise, noise, rounding.Nu2 * noise, 2 * noiseUnit);
        if (nu2 > 0)
        {
            Add("log_nu2_signal", reported.LogNu2Signal, Log(nu2, unit), rounding.OfLogarithm(rounding.Nu2, Log(nu2, unit)), 0);
        }

        if (noise > 0)
        {
            Add("log_mu2_noise", reported.LogMu2Noise, Log(noise, noiseUnit), rounding.OfLogarithm(rounding.Nu2, Log(noise, noiseUnit)), 0);
        }

        if (mu2 > 0 && noise > 0 && double.IsFinite(relative))
        {
            Add("log_mu2_signal", reported.LogMu2Signal, Log(mu2, unit), rounding.OfLogarithm(ofMu2 / mu2, Log(mu2, unit)), 0);
            Add(
                "log_chi",
                reported.LogChi,
                (0.5 * Math.Log(noise / mu2)) + ((noiseUnit - unit) * Math.Log(2)),
                0.5 * (rounding.OfLogarithm(rounding.Nu2, Log(noise, noiseUnit)) + rounding.OfLogarithm(ofMu2 / mu2, Log(mu2, unit))),
                0
            );
        }

        if ((ranksOfAll || snapshot.Place.After is Networks.Activation) && snapshot.Shape.Points > 2 && mu2 > 0)
        {
            AddRank("reff_signal", reported.ReffSignal, signal);
            AddRank("reff_noise", reported.ReffNoise, ofNoise);
        }

        // Of numbers that a double does not hold with all their digits, only the logarithm is judged.
        void Add(string moment, double value, double defined, double bound, int exponent)
        {
            if (reports(moment) && (exponent == 0 || defined == 0 || Math.Abs(Math.ILogB(defined) + exponent) < MostExponent))
            {
                moments.Add(new Observed(value), new Expected(Math.ScaleB(defined, exponent)), Math.ScaleB(bound, exponent), $"{moment}, {where}");
            }
        }

        static double Log(double square, int exponent) => Math.Log(square) + (2 * exponent * Math.Log(2));

        void AddRank(string moment, double value, double[] values)
        {
            if (
                reports(moment)
                && !(double.IsNaN(value) && AnyMomentLaws.MayBeUnreported(moment, snapshot.Place))
                && RankOf(values, snapshot.Shape) is { } spectrum
            )
            {
                ranks.Add(
                    new Observed(value),
                    new Expected(spectrum.Rank),
                    EffectiveRankRounding.OfReported(snapshot.Shape, spectrum.Squares, spectrum.Largest, spectrum.Rank, unitRoundoff),
                    $"{moment}, {where}"
                );
            }
        }
    }

    /// <summary>
    /// Numbers in units of a power of two in which their squares keep their digits: 1 where they do so anyway. Null where the numbers themselves are so small
    /// that doubles do not hold their digits.
    /// </summary>
    private static (double[]? Values, int Exponent) Scaled(double[] values)
    {
        var largest = values.Select(Math.Abs).DefaultIfEmpty().Max();
        if (largest == 0 || !double.IsFinite(largest) || Math.Abs(Math.ILogB(largest)) < MostExponent / 4)
        {
            return (values, 0);
        }

        var exponent = Math.ILogB(largest);
        return exponent < -MostExponent ? (null, 0) : ([.. values.Select(value => Math.ScaleB(value, -exponent))], exponent);
    }

    /// <summary>
    /// Bounds the error of μ₂ if deviations are taken before they are squared. A mean that errs by γ_P E|y| adds the square of that; deviations, their squares
    /// and the means of these are rounded P + N + 6 times. A difference of E y² and (E y)² in single precision errs by more where the mean is large; it is not
    /// accepted as a variance there.
    /// </summary>
    private static double CentredFirst(double[] signal, TensorShape shape, double mu2, double unitRoundoff)
    {
        var absolutes = WrittenOutLayers.OverPoints(signal, shape.Channels, (value, _) => Math.Abs(value));
        var ofMeans = absolutes.Average(absolute => Math.Pow(Roundings.Gamma(shape.Points + 1, unitRoundoff) * absolute, 2));
        return (Roundings.Gamma(shape.Points + shape.Channels + 6, unitRoundoff) * (mu2 + ofMeans)) + ofMeans + (2 * Math.Sqrt(ofMeans * mu2) * unitRoundoff);
    }

    /// <summary>Rank, largest eigenvalue and mean squares, from the smaller of the two Gram matrices; null for a tensor that does not vary.</summary>
    private static (double Rank, double Largest, double Squares)? RankOf(double[] values, TensorShape shape)
    {
        var means = WrittenOutLayers.Means(values, shape.Channels);
        var centred = Matrix<double>.Build.DenseOfRowMajor(shape.Points, shape.Channels, values).MapIndexed((_, channel, value) => value - means[channel]);
        var gram = (shape.Points < shape.Channels ? centred.TransposeAndMultiply(centred) : centred.TransposeThisAndMultiply(centred)) / shape.Points;
        var spectrum = gram.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        return spectrum.Max() > 0 ? (spectrum.Sum() / spectrum.Max(), spectrum.Max(), WrittenOutLayers.MeanSquares(values, shape.Channels).Sum()) : null;
    }
}
