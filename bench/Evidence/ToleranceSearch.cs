using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>Finds the perturbation of an element that is one tolerance of a check.</summary>
/// <remarks>
/// Checks do not publish their tolerances, so each is found by running the check: at each seed the perturbation is scaled by the ratio that the check
/// reports for a perturbation of nearly one tolerance. The comparison also sees the reference's own rounding, a few tenths of a tolerance at most: so at
/// one tolerance about half of the runs are rejected.
/// </remarks>
internal static class ToleranceSearch
{
    private const double FirstTry = 1e-3;

    /// <summary>
    /// The most steps of the search for a perturbation of nearly one tolerance. Each step is a factor of two or more, so that they cover some twenty decades.
    /// </summary>
    private const int MostSteps = 100;

    /// <summary>Searches.</summary>
    /// <param name="at">Executes the check on a perturbation.</param>
    /// <param name="defect">What is wrong, for messages.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="InvalidOperationException">The check does not answer to the perturbation.</exception>
    public static double OneTolerance(Func<double, CheckOutcome> at, string defect, CancellationToken cancellation)
    {
        // A check reports the first number beyond its tolerance, not the worst one; if all are within, it reports the worst. So the search looks for an answer
        // just below one tolerance.
        var amplitude = FirstTry;
        for (var step = 0; step < MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var ratio = at(amplitude).Measurements.Select(measurement => measurement.Deviation).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            if (ratio is >= 0.8 and <= 1)
            {
                return amplitude / ratio;
            }

            amplitude *=
                ratio > 1 ? 0.5 / ratio
                : ratio > 0.25 ? 0.9 / ratio
                : 4;
        }

        throw new InvalidOperationException($"expected a check that answers to {defect}");
    }

    /// <summary>Moves the first nonzero element of a tensor by a multiple of its root mean square.</summary>
    public static double[] Moved(double[] values, double amount)
    {
        // An element where the ReLU is closed is 0, and the check asks for equality there: it has no tolerance to be multiplied.
        double[] moved = [.. values];
        moved[Math.Max(0, Array.FindIndex(values, value => value != 0))] += amount * Math.Sqrt(values.Average(value => value * value));
        return moved;
    }
}
