using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How far an effective rank may be from Tr C/λ_max.</summary>
internal static class EffectiveRankRounding
{
    /// <summary>Where an eigenvalue solver may stop, relative to the rank: far below what any reader of an effective rank needs. The ledger states
    /// it.</summary>
    private const double Solver = 1e-6;

    /// <summary>
    /// A reported rank. An element of the covariance errs by γ_{3P+N+4}·√(q_i q_j), q being mean squares of channels: as in <see cref="BatchNormRounding"/>, or
    /// as a product of centred points that is summed over N channels. The matrix of these has Frobenius norm g = γ·Σq, by which neither trace nor largest
    /// eigenvalue changes by more, so the rank errs by g(1 + r)/(λ_max
    /// - g).
    /// </summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="squares">Σq, over channels.</param>
    /// <param name="largest">λ_max.</param>
    /// <param name="rank">r.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The bound; infinite where the largest eigenvalue is lost.</returns>
    public static double OfReported(TensorShape shape, double squares, double largest, double rank, double unitRoundoff)
    {
        var change = Roundings.Gamma((3 * shape.Points) + shape.Channels + 4, unitRoundoff) * squares;
        return change < largest ? (change * (1 + rank) / (largest - change)) + (Solver * rank) : double.PositiveInfinity;
    }

    /// <summary>How far below 1 a reported rank may be if its points were centred first: then Σq is the trace rλ, and r is near 1.</summary>
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
    /// The rank of a tensor that differs: r = (‖X‖_F/‖X‖₂)², X being the centred points, and neither norm changes by more than the Frobenius norm of the
    /// difference.
    /// </summary>
    /// <param name="points">P.</param>
    /// <param name="largest">λ_max of the one tensor.</param>
    /// <param name="rank">Its rank.</param>
    /// <param name="difference">Frobenius norm of the difference.</param>
    /// <returns>How far the other's rank may be; infinite where the difference may be all there is.</returns>
    public static double OfChanged(int points, double largest, double rank, double difference)
    {
        var spectral = Math.Sqrt(points * largest);
        var frobenius = spectral * Math.Sqrt(rank);
        return difference < spectral ? Math.Pow((frobenius + difference) / (spectral - difference), 2) - rank : double.PositiveInfinity;
    }
}
