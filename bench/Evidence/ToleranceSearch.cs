using System.Collections.Concurrent;
using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>Finds the perturbation of an element that is one tolerance of a check.</summary>
/// <remarks>
/// Checks do not publish their tolerances, so each is found by running the check: at each seed the perturbation is scaled by the ratio that the check
/// reports for a perturbation of nearly one tolerance. The comparison also sees the reference's own rounding, a few tenths of a tolerance at most: so at
/// one tolerance about half of the runs are rejected.
/// </remarks>
internal sealed class ToleranceSearch
{
    private const double FirstTry = 1e-3;

    /// <summary>
    /// The most steps of the search for a perturbation of nearly one tolerance. Each step is a factor of two or more, or halves a bracket, so that they cover
    /// some twenty decades.
    /// </summary>
    private const int MostSteps = 100;

    /// <summary>Bounds this close enclose one tolerance well enough for defects of half of it and twice it.</summary>
    private const double NarrowBracket = 1.1;

    private readonly ConcurrentDictionary<ulong, double> _found = new();

    /// <summary>Searches, once for each seed.</summary>
    /// <param name="seed">The seed that the check is executed with.</param>
    /// <param name="at">Executes the check on a perturbation.</param>
    /// <param name="defect">What is wrong, for messages.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="InvalidOperationException">The check does not answer to the perturbation.</exception>
    public double OneTolerance(ulong seed, Func<double, CheckOutcome> at, string defect, CancellationToken cancellation) =>
        _found.GetOrAdd(
            seed,
            _ =>
                Find(
                    amplitude => at(amplitude).Measurements.Select(measurement => measurement.Deviation).Where(double.IsFinite).DefaultIfEmpty(0).Max(),
                    cancellation
                ) ?? throw new InvalidOperationException($"expected a check that answers to {defect} at seed {seed}")
        );

    /// <summary>The perturbation at which a ratio to the tolerance reaches 1; null if it never does.</summary>
    /// <param name="ratioAt">The ratio that the check reports.</param>
    /// <param name="cancellation">Asks to stop.</param>
    internal static double? Find(Func<double, double> ratioAt, CancellationToken cancellation)
    {
        // A check reports the first number beyond its tolerance, not the worst one; if all are within, it reports the worst, which may be the reference's own
        // rounding. So the search looks for an answer just below one tolerance, and where ratios jump past that it halves what lies between the largest
        // perturbation that was accepted and the smallest that was not.
        var (amplitude, accepted, rejected) = (FirstTry, 0.0, double.PositiveInfinity);
        for (var step = 0; step < MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var ratio = ratioAt(amplitude);
            if (ratio is >= 0.8 and <= 1)
            {
                return amplitude / ratio;
            }

            (accepted, rejected) = ratio > 1 ? (accepted, Math.Min(rejected, amplitude)) : (Math.Max(accepted, amplitude), rejected);
            if (accepted > 0 && rejected / accepted < NarrowBracket)
            {
                return Math.Sqrt(accepted * rejected);
            }

            amplitude *=
                ratio > 1 ? 0.5 / ratio
                : ratio > 0.25 ? 0.9 / ratio
                : 4;
            if (amplitude <= accepted || amplitude >= rejected)
            {
                amplitude = Math.Sqrt(accepted * rejected);
            }
        }

        return null;
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
