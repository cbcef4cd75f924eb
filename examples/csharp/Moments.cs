using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Audit;

namespace Wellbehaved.Examples;

/// <summary>What is measured at a place.</summary>
public static class Moments
{
    public static ReportedMoments Compute(Features signal, Features noise)
    {
        var centred = Layers.Centred(signal, Layers.Mean(signal)).Values;
        var (nu2, mu2, noise2) = (Mean(signal.Values, x => x * x), Mean(centred, x => x * x), Mean(noise.Values, x => x * x));
        var chi = Math.Sqrt(noise2 / mu2);
        return new ReportedMoments(
            Nu1AbsSignal: Mean(signal.Values, Math.Abs),
            Nu2Signal: nu2,
            Mu2Signal: mu2,
            Mu4Signal: Mean(centred, x => x * x * x * x),
            Mu2Noise: noise2,
            LogNu2Signal: Math.Log(nu2),
            LogMu2Signal: Math.Log(mu2),
            LogMu2Noise: Math.Log(noise2),
            Chi: chi,
            LogChi: Math.Log(chi),
            ReffSignal: EffectiveRank(signal),
            ReffNoise: EffectiveRank(noise)
        );
    }

    /// <summary>Trace over largest eigenvalue of the covariance of the channels, from the smaller of both Gram matrices.</summary>
    private static double EffectiveRank(Features x)
    {
        var centred = Matrix<double>.Build.DenseOfColumnMajor(x.Channels, x.Points, Layers.Centred(x, Layers.Mean(x)).Values);
        var gram = x.Points < x.Channels ? centred.TransposeThisAndMultiply(centred) : centred.TransposeAndMultiply(centred);
        return gram.Trace() / gram.Evd(Symmetricity.Symmetric).EigenValues.Max(value => value.Real);
    }

    private static double Mean(double[] values, Func<double, double> of) => values.Sum(of) / values.Length;
}
