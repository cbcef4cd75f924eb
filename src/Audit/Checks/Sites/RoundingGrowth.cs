namespace Wellbehaved.Audit;

/// <summary>
/// How much a network has enlarged small differences of an image so far, as its random noise shows: noise is a small difference that passes through the same
/// weights, masks and slopes.
/// </summary>
/// <remarks>
/// Rounding at a place k is at a later place l larger by as much as the noise is, ‖dx_l‖/‖dx_k‖, each in units of the signal there. It may have occurred at any
/// place, so the smallest ‖dx_k‖/‖x_k‖ counts. Slopes, through which the noise passes, change where the signal does: the noise loses what the signal lost
/// anywhere on its way. Random noise stands for random rounding; directions that grow more than both are left to the distance between rounding and the
/// tolerance.
/// </remarks>
internal sealed class RoundingGrowth
{
    private double _smallest = double.PositiveInfinity;

    /// <summary>The factor by which differences of the signal may have grown by the place that was passed last, relative to the signal; at least 1.</summary>
    public double OfSignal { get; private set; } = 1;

    /// <summary>The factor of the noise: the largest of the signal's so far.</summary>
    public double OfNoise { get; private set; } = 1;

    /// <summary>Goes on to the next place.</summary>
    /// <param name="signal">The norm of the signal there.</param>
    /// <param name="noise">The norm of the noise there.</param>
    public void Pass(double signal, double noise)
    {
        if (noise == 0)
        {
            // Nothing small has come through, or nothing was sent.
            OfSignal = 1;
            return;
        }

        // Infinite beside a signal of zeros, which has no digits to lose.
        var ratio = noise / signal;
        _smallest = Math.Min(_smallest, ratio);
        OfSignal = double.IsPositiveInfinity(_smallest) ? 1 : Math.Max(1, ratio / _smallest);
        OfNoise = Math.Max(OfNoise, OfSignal);
    }
}
