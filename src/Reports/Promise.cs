using System.Globalization;

namespace Wellbehaved.Reports;

/// <summary>How rarely a run rejects a correct implementation, and for which part of it this is proved: the same words in every report.</summary>
internal static class Promise
{
    /// <summary>States the promise.</summary>
    /// <param name="run">The run.</param>
    /// <returns>A clause that begins in lower case and has no full stop.</returns>
    public static string State(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Scale == Scale.Training)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"each true claim about trained networks is rejected less than once in {1 / TrainingSuite.FalseFailRate:N0} runs, outside the "
                    + $"promise of the other scales"
            );
        }

        var measurements = run.Outcomes.SelectMany(outcome => outcome.Measurements).ToArray();
        var asymptotic = measurements.Count(measurement => measurement.IsAsymptotic);
        var rate = string.Create(CultureInfo.InvariantCulture, $"a correct implementation is rejected less than once in {1 / Suite.FalseFailRate:N0} runs");
        return asymptotic == 0
            ? rate
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{rate} where no bound is asymptotic; of {Files.Counted.Spell(measurements.Length, "measurement")} {asymptotic} "
                    + $"{(asymptotic == 1 ? "has" : "have")} an asymptotic one, which approaches that rate with many simulations only"
            );
    }
}
