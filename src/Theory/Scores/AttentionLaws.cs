using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>
/// Self-attention at initialisation, for T tokens of width d after a layer norm: <c>Σ = XXᵀ/d</c> with ones on its diagonal, β = σ_qσ_k. Laws T1 to T6 of
/// docs/theory.md.
/// </summary>
internal static class AttentionLaws
{
    /// <summary>
    /// T1: the kernel after attention with known attention weights, <c>σ_v²σ_o² (1/H) Σ_h A_h Σ A_hᵀ</c>; exact, since the weights of values and output are
    /// fresh. Noise that does not change the attention weights has the same map.
    /// </summary>
    /// <param name="weights">A_h, a matrix for each head (T × T).</param>
    /// <param name="kernel">Σ, or the covariance of the noise (T × T).</param>
    /// <param name="valueVariance">σ_v².</param>
    /// <param name="outputVariance">σ_o².</param>
    /// <returns>The expected kernel (T × T).</returns>
    /// <exception cref="ArgumentException">There are no heads, or sizes differ.</exception>
    public static Matrix<double> Kernel(IReadOnlyList<Matrix<double>> weights, Matrix<double> kernel, double valueVariance = 1, double outputVariance = 1)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(kernel);
        if (weights.Count == 0 || weights.Any(head => head.RowCount != kernel.RowCount || head.ColumnCount != kernel.RowCount))
        {
            throw new ArgumentException($"expected at least one head, each of {kernel.RowCount} × {kernel.RowCount} weights", nameof(weights));
        }

        return weights.Select(head => head * kernel * head.Transpose()).Aggregate((sum, head) => sum + head) * (valueVariance * outputVariance / weights.Count);
    }

    /// <summary>T2: covariance of two scores <c>S_ij = q_i·k_j/√d_k</c>, for every width of heads.</summary>
    /// <param name="kernel">Σ (T × T).</param>
    /// <param name="beta">β.</param>
    /// <param name="first">i and j.</param>
    /// <param name="second">k and l.</param>
    /// <returns><c>β² Σ_ik Σ_jl</c>.</returns>
    public static double ScoreCovariance(Matrix<double> kernel, double beta, (int Query, int Key) first, (int Query, int Key) second)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return beta * beta * kernel[first.Query, second.Query] * kernel[first.Key, second.Key];
    }

    /// <summary>T3: the kernel after attention for a long sequence of equal correlations and wide heads.</summary>
    /// <param name="correlation">ρ in [0, 1].</param>
    /// <param name="beta">β.</param>
    /// <param name="tokens">T ≥ 2.</param>
    /// <returns>Entries of A Σ Aᵀ: for a token with itself, and for two tokens.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or β²(1-ρ) ≥ 2 ln T, where the softmax concentrates on few tokens.</exception>
    public static (double Own, double Pair) LongSequence(double correlation, double beta, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 2);
        RequireCorrelation(correlation);
        var (rest, square) = (1 - correlation, beta * beta);
        return square * rest < 2 * Math.Log(tokens)
            ? (correlation + (rest * Math.Exp(square * rest) / tokens), correlation + (rest * Math.Exp(square * rest * correlation) / tokens))
            : throw new ArgumentOutOfRangeException(
                nameof(beta),
                beta,
                $"expected β²(1-ρ) below 2 ln T = {2 * Math.Log(tokens):F2}; above this, the softmax puts its weight on few tokens"
            );
    }

    /// <summary>T4: without a skip connection, tokens collapse doubly exponentially, <c>1-ρ' = c (1-ρ)³</c>.</summary>
    /// <param name="beta">β.</param>
    /// <param name="tokens">T ≥ 2.</param>
    /// <returns><c>c = β²(T-1)/T²</c>, in the limit of ρ → 1 and wide heads.</returns>
    public static double CubicCollapse(double beta, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 2);
        return beta * beta * (tokens - 1.0) / ((double)tokens * tokens);
    }

    /// <summary>T5: in a stack of pre-norm units, tokens of a sequence become alike as a power of the depth, <c>1-ρ ~ l^{-p}</c>.</summary>
    /// <param name="attention">g_a > 0, which an attention branch adds to the mean square.</param>
    /// <param name="others">g_m ≥ 0, which the other branches of a unit add to the mean square.</param>
    /// <param name="gain">
    /// κ ≥ 0, the factor by which the other branches multiply the differences of tokens that are nearly alike, relative to g_m: they add <c>κ g_m (1-ρ)</c> to
    /// <c>q(1-ρ)</c>. It is 1 for homogeneous activations without biases.
    /// </param>
    /// <returns>
    /// <c>p = (g_a + (1-κ) g_m)/(g_a + g_m)</c>: 1 for attention alone, and <c>g_a/(g_a + g_m)</c> for κ = 1; where it is not positive, tokens do not become
    /// alike.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A gain is out of range.</exception>
    public static double CollapseExponent(double attention, double others, double gain)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(attention);
        ArgumentOutOfRangeException.ThrowIfNegative(others);
        ArgumentOutOfRangeException.ThrowIfNegative(gain);
        return (attention + ((1 - gain) * others)) / (attention + others);
    }

    /// <summary>T6: the effect of differentiating the attention weights, for independent noise of a long sequence.</summary>
    /// <param name="correlation">ρ in [0, 1].</param>
    /// <param name="beta">β.</param>
    /// <param name="tokens">T.</param>
    /// <param name="width">d.</param>
    /// <returns>Full noise divided by noise with held weights, <c>1 + β²e(1+e) + β²e²(T/d)exp(-β²e)</c>, e = 1-ρ.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The correlation is outside [0, 1], or a size is not positive.</exception>
    public static double FullOverHeld(double correlation, double beta, int tokens, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        RequireCorrelation(correlation);
        var (rest, square) = (1 - correlation, beta * beta);
        return 1 + (square * rest * (1 + rest)) + (square * rest * rest * tokens / width * Math.Exp(-square * rest));
    }

    private static void RequireCorrelation(double correlation)
    {
        if (correlation is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(correlation), correlation, "expected a correlation in [0, 1]");
        }
    }
}
