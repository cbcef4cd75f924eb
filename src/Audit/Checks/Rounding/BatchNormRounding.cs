namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far batch norm may be from its definition: whether the variance is a mean square of deviations or E y² - (E y)², and whether it subtracts and
/// divides or scales and shifts.
/// </summary>
/// <remarks>
/// <para>
/// Its own rounding. With m, q the mean and the mean square of a channel, d = √(σ² + ε) and P points: the mean errs by γ_P E|y|. The variance errs by γ_{3P+4}
/// q at most: E y² by γ_{P+1} q, the square of the mean by γ_{2P+1} E|y|², their difference by u; the mean square of deviations errs by less. So 1/d errs by ϱ
/// = ½t/(1 - t), t = γ_{3P+4} q/(σ² + ε), and by three roundings of the sum, the root and the division, or four more of a processor's approximate root. In all
/// |Δz| ≤ (γ_P E|y| + 2u(|y| + |m|))(1 + ϱ)/d + |z|(ϱ + γ_9) and |Δdz| ≤ |dz|(ϱ + γ_8).
/// </para>
/// <para>
/// The error of the input. A standard deviation σ is a seminorm, so it changes by at most ρ = rms|Δy|, and d by no more. With d' ≥ d - ρ:
/// |Δz| ≤ (|Δy| + E|Δy| + |z|ρ)/(d - ρ) and |Δdz| ≤ (|Δdy| + |dz|ρ)/(d - ρ). The norm's own rounding is bounded with y, m, q as large and d as small as
/// they may be.
/// </para>
/// </remarks>
internal static class BatchNormRounding
{
    /// <summary>Batch norm by its definition, and bounds on how far a subject may be from it.</summary>
    /// <param name="before">Signal and noise before (points × channels).</param>
    /// <param name="channels">Channels.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>Signal and noise after; the bounds are infinite where rounding may change d by all of it.</returns>
    public static Enclosure Enclose(Enclosure before, int channels, double epsilon, double unitRoundoff)
    {
        var points = before.Signal.Length / channels;
        var means = WrittenOutLayers.Means(before.Signal, channels);
        double[] deviations = [.. WrittenOutLayers.Variances(before.Signal, channels).Select(variance => Math.Sqrt(variance + epsilon))];
        var (signal, noise) = WrittenOutLayers.Normalise(before.Signal, before.Noise, means, deviations);
        Channel[] ofChannels = [.. Channels()];
        return new Enclosure(signal, noise, Enclosure.Bounds([.. signal.Select(OfSignal)]), Enclosure.Bounds([.. noise.Select(OfNoise)]));

        IEnumerable<Channel> Channels()
        {
            var absolutes = WrittenOutLayers.OverPoints(before.Signal, channels, (value, _) => Math.Abs(value));
            var squares = WrittenOutLayers.MeanSquares(before.Signal, channels);
            var shifts = WrittenOutLayers.Means(before.SignalBound, channels);
            var changes = WrittenOutLayers.MeanSquares(before.SignalBound, channels);
            for (var channel = 0; channel < channels; channel++)
            {
                var change = Math.Sqrt(changes[channel]);
                var least = Math.Max(0, deviations[channel] - change);
                var square = Math.Pow(Math.Sqrt(squares[channel]) + change, 2);
                var relative = OfReciprocalRoot(Roundings.Gamma((3 * points) + 4, unitRoundoff) * square / (least * least));
                var ofMean = Roundings.Gamma(points, unitRoundoff) * (absolutes[channel] + shifts[channel]);
                yield return new Channel(least, change, shifts[channel], relative, ofMean + (2 * unitRoundoff * (Math.Abs(means[channel]) + shifts[channel])));
            }
        }

        double OfSignal(double value, int i)
        {
            var channel = ofChannels[i % channels];
            var carried = (before.SignalBound[i] + channel.Shift + (Math.Abs(value) * channel.Change)) / channel.Least;
            var shift = channel.OfShift + (2 * unitRoundoff * (Math.Abs(before.Signal[i]) + before.SignalBound[i]));
            return carried
                + (shift * (1 + channel.Relative) / channel.Least)
                + ((Math.Abs(value) + carried) * (channel.Relative + Roundings.Gamma(9, unitRoundoff)));
        }

        double OfNoise(double value, int i)
        {
            var channel = ofChannels[i % channels];
            var carried = (before.NoiseBound[i] + (Math.Abs(value) * channel.Change)) / channel.Least;
            return carried + ((Math.Abs(value) + carried) * (channel.Relative + Roundings.Gamma(8, unitRoundoff)));
        }
    }

    /// <summary>A bound of |1/√(1 ± t) - 1|: ½t/(1 - t).</summary>
    private static double OfReciprocalRoot(double relative) => relative < 1 ? 0.5 * relative / (1 - relative) : double.PositiveInfinity;

    /// <summary>Bounds for a channel.</summary>
    /// <param name="Least">The least possible d.</param>
    /// <param name="Change">ρ, the most by which d changes.</param>
    /// <param name="Shift">E|Δy|, the most by which the mean changes.</param>
    /// <param name="Relative">ϱ.</param>
    /// <param name="OfShift">γ_P E|y| + 2u|m|.</param>
    private readonly record struct Channel(double Least, double Change, double Shift, double Relative, double OfShift);
}
