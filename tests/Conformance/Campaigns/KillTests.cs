using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs that are killed at random instants, without a chance to tidy up, until they are through.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 100;
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public async Task A_run_that_is_killed_a_hundred_times_ends_with_the_file_of_an_undisturbed_one()
    {
        var random = new Random(9);
        var arguments = _campaign.Arguments("killed.npz", simulations: 3000, depth: 100);
        CommandLine.Run(_campaign.Arguments("undisturbed.npz", simulations: 3000, depth: 100)).ExitStatus.Should().Be(0);
        var undisturbed = File.ReadAllBytes(_campaign["undisturbed.npz"]);
        var (kills, amidst, completed) = (0, 0, 0);
        var kept = 0;
        while (kills < Kills || completed == 0)
        {
            using var process = CommandLine.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments, "--resume"]);
            _ = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();

            // Starting takes some 0.2 s: before it, amidst the work, and now and then to the end.
            if (kills < Kills && !process.WaitForExit(random.Next(100, 700)))
            {
                process.Kill();
                process.WaitForExit();
                kills++;
                var finished = File.Exists(_campaign["killed.npz.journal"]) ? JournalContent.Read(_campaign["killed.npz.journal"])?.Finished ?? 0 : 0;
                finished.Should().BeGreaterThanOrEqualTo(kept, "what was finished is never lost");
                amidst += finished > kept ? 1 : 0;
                kept = finished;
                continue;
            }

            process.WaitForExit();
            process.ExitCode.Should().Be(0, await error);
            File.ReadAllBytes(_campaign["killed.npz"]).Should().Equal(undisturbed);
            _campaign.Files.Should().Equal("killed.npz", "undisturbed.npz");
            File.Delete(_campaign["killed.npz"]);
            completed++;
            kept = 0;
        }

        amidst.Should().BeGreaterThan(Kills / 10, "otherwise the kills came before the work");
    }
}
