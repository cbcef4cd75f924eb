using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>The gradient's kernel U at a signal, with a factor e^x apart so that deep networks do not overflow.</summary>
/// <param name="Values">U (P × P), without the factor.</param>
/// <param name="Logarithm">The exponent x.</param>
internal sealed record GradientKernel(Matrix<double> Values, double Logarithm)
{
    /// <summary>A kernel scaled to a trace of 1.</summary>
    public static GradientKernel Normalise(Matrix<double> values, double logarithm)
    {
        var trace = values.Trace();
        return trace > 0 && double.IsFinite(trace) ? new(values / trace, logarithm + Math.Log(trace)) : new(values, logarithm);
    }

    /// <summary>The sum of two contributions; the first is null if there is none yet.</summary>
    public static GradientKernel Sum(GradientKernel? one, GradientKernel other)
    {
        if (one is null)
        {
            return other;
        }

        var largest = Math.Max(one.Logarithm, other.Logarithm);
        return Normalise((one.Values * Math.Exp(one.Logarithm - largest)) + (other.Values * Math.Exp(other.Logarithm - largest)), largest);
    }
}
