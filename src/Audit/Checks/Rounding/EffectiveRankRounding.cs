using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Bounds how far an effective rank may be from Tr C/λ_max.</summary>
internal static class EffectiveRankRounding
{
    /// <summary>
    /// The relative accuracy at which an eigenvalue solver may stop: far finer than any use of an effective rank needs. The ledger states it.
    /// </summary>
    private const double Solver = 1e-6;

    /// <summary>
    /// The bound of a reported rank. An element of the covariance errs by γ_{3P+N+4}·√(q_i q_j), where q are the mean squares of channels: as in
    /// <see cref="BatchNormRounding"/>, or as a product of centred points that is summed over N channels. The matrix of these errors has the Frobenius norm
    /// g = γ·Σq. Neither trace nor largest eigenvalue changes by more than g, so the rank errs by g(1 + r)/(λ_max - g).
    /// </summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="squares">Σq, over channels.</param>
    /// <param name="largest">λ_max.</param>
    /// <param name="rank">r.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The bound; infinite where the largest eigenvalue may be zero.</returns>
    public static double OfReported(TensorShape shape, double squares, double largest, double rank, double unitRoundoff)
    {
        var change = Roundings.Gamma((3 * shape.Points) + shape.Channels + 4, unitRoundoff) * squares;
        return change < largest ? (change * (1 + rank) / (largest - change)) + (Solver * rank) : double.PositiveInfinity;
    }

    /// <summary>How far below 1 a reported rank near 1 may be if its points were centred first: then Σq is the trace rλ.</summary>
    /// <param name="points">P.</param>
    /// <param name="channels">N.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The bound, below 1: a trace and a largest eigenvalue that are sums of squares are positive.</returns>
    public static double NearOne(int points, int channels, double unitRoundoff)
    {
        var gamma = Roundings.Gamma((3 * points) + channels + 4, unitRoundoff);
        var bound = gamma < 1 ? (2 * gamma / (1 - gamma)) + Solver : 1;
        return Math.Min(bound, Math.BitDecrement(1));
    }

    /// <summary>
    /// How far the rank of another tensor may be from this one's. With X the centred points, r = (‖X‖_F/‖X‖₂)², and neither norm changes by more than the
    /// Frobenius norm of the difference.
    /// </summary>
    /// <param name="points">P.</param>
    /// <param name="largest">λ_max of this tensor.</param>
    /// <param name="rank">Its rank.</param>
    /// <param name="difference">Frobenius norm of the difference.</param>
    /// <returns>The largest difference of the ranks; infinite if the difference may be as large as the tensor.</returns>
    public static double OfChanged(int points, double largest, double rank, double difference)
    {
        var spectral = Math.Sqrt(points * largest);
        var frobenius = spectral * Math.Sqrt(rank);
        return difference < spectral ? Math.Pow((frobenius + difference) / (spectral - difference), 2) - rank : double.PositiveInfinity;
    }
}
