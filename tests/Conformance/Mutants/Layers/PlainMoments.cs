using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Moments of a tensor, as they are defined.</summary>
internal static class PlainMoments
{
    public static ReportedMoments Compute(TensorShape shape, double[] signal, double[] noise)
    {
        var (means, variances) = (WrittenOutLayers.Means(signal, shape.Channels), WrittenOutLayers.Variances(signal, shape.Channels));
        var (nu2, mu2, mu2Noise) = (WrittenOutLayers.MeanSquare(signal), variances.Average(), WrittenOutLayers.MeanSquare(noise));
        var mu4 = WrittenOutLayers.OverPoints(signal, shape.Channels, (value, channel) => Math.Pow(value - means[channel], 4)).Average();
        var chi = Math.Sqrt(mu2Noise / mu2);
        return new(
            signal.Average(Math.Abs),
            nu2,
            mu2,
            mu4,
            mu2Noise,
            Math.Log(nu2),
            Math.Log(mu2),
            Math.Log(mu2Noise),
            chi,
            Math.Log(chi),
            Rank(shape, signal),
            Rank(shape, noise)
        );
    }

    public static double Rank(TensorShape shape, double[] values, bool centres = true, Func<double[], double>? of = null)
    {
        var means = centres ? WrittenOutLayers.Means(values, shape.Channels) : new double[shape.Channels];
        var centred = Matrix<double>.Build.DenseOfRowMajor(shape.Points, shape.Channels, values).MapIndexed((_, channel, value) => value - means[channel]);
        var spectrum = (shape.Points < shape.Channels ? centred.TransposeAndMultiply(centred) : centred.TransposeThisAndMultiply(centred))
            .Evd(Symmetricity.Symmetric)
            .EigenValues.Select(value => value.Real)
            .ToArray();
        return of is null ? spectrum.Sum() / spectrum.Max() : of(spectrum);
    }
}
