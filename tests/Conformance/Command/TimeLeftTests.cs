using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The time left is shown as soon as it can be estimated, and not before.</summary>
public class TimeLeftTests
{
    [Fact]
    public void The_time_left_is_not_extrapolated_from_a_slow_start()
    {
        // What a run of verify does: the runtime compiles for two seconds, then all is done in three. Extrapolated after one second, it would take two minutes.
        var estimate = new TimeLeft();
        for (var tick = 1; tick <= 25; tick++)
        {
            var elapsed = TimeSpan.FromSeconds(0.2 * tick);
            var share = tick <= 10 ? 0.0077 * elapsed.TotalSeconds : 0.0154 + (0.98 * (elapsed.TotalSeconds - 2) / 3);
            (estimate.After(elapsed, share) ?? TimeSpan.Zero).Should().BeLessThan(TimeSpan.FromSeconds(5), "after {0}", elapsed);
        }
    }

    [Fact]
    public void The_time_left_of_steady_work_is_estimated_after_one_twentieth()
    {
        var estimate = new TimeLeft();
        for (var second = 1; second <= 99; second++)
        {
            var left = estimate.After(TimeSpan.FromSeconds(second), second / 100.0);
            if (second < 5)
            {
                left.Should().BeNull();
            }
            else
            {
                left!.Value.TotalSeconds.Should().BeApproximately(100 - second, 1e-6);
            }
        }
    }

    [Fact]
    public void Without_progress_no_time_left_is_shown()
    {
        var estimate = new TimeLeft();
        for (var second = 0; second < 100; second++)
        {
            estimate.After(TimeSpan.FromSeconds(second), 0).Should().BeNull();
        }

        estimate.After(TimeSpan.FromSeconds(100), 0.5).Should().BeNull("half a run at once may be what was done before it");
    }
}
