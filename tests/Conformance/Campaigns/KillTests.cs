using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs that are killed at random times and resumed until they are complete.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Kills = Breadth.Choose(usual: 8, atNight: 100);
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public async Task A_run_that_is_killed_dozens_of_times_ends_with_the_file_of_an_undisturbed_one()
    {
        var random = new Random(9);
        var arguments = _campaign.Arguments("killed.npz", simulations: 3000, depth: 100);
        CommandLine.Run(_campaign.Arguments("undisturbed.npz", simulations: 3000, depth: 100)).ExitStatus.Should().Be(0);
        var undisturbed = File.ReadAllBytes(_campaign["undisturbed.npz"]);
        var (kills, amidst, completed, kept) = (0, 0, 0, 0);
        var untilWork = TimeSpan.FromMilliseconds(500);
        while (kills < Kills || completed == 0)
        {
            using var process = CommandLine.Start("dotnet", [CommandLine.Uncounted, .. arguments, "--resume"]);
            var clock = Stopwatch.StartNew();
            _ = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (kills < Kills)
            {
                // Every other time at any instant from the start on, else some time into the work, however long this machine takes to begin.
                if (kills % 2 == 0)
                {
                    process.WaitForExit(random.Next((int)(1.2 * untilWork.TotalMilliseconds)));
                }
                else
                {
                    var length = LengthOfJournal();
                    while (!process.HasExited && LengthOfJournal() <= length)
                    {
                        Thread.Sleep(1);
                    }

                    untilWork = clock.Elapsed;
                    process.WaitForExit(random.Next(150));
                }

                process.Kill();
                process.WaitForExit();
                kills++;
                if (!File.Exists(_campaign["killed.npz"]))
                {
                    var finished = File.Exists(_campaign["killed.npz.journal"]) ? JournalContent.Read(_campaign["killed.npz.journal"])?.Finished ?? 0 : 0;
                    finished.Should().BeGreaterThanOrEqualTo(kept, "what was finished is never lost");
                    amidst += finished > kept ? 1 : 0;
                    kept = finished;
                    continue;
                }

                // It was quicker than its killer; what it has left is looked at below, after it has been asked once more.
                CommandLine.Run([.. arguments, "--resume"]).ExitStatus.Should().Be(0);
            }
            else
            {
                process.WaitForExit();
                process.ExitCode.Should().Be(0, await error);
            }

            File.ReadAllBytes(_campaign["killed.npz"]).Should().Equal(undisturbed);
            _campaign.Files.Should().Equal("killed.npz", "undisturbed.npz");
            File.Delete(_campaign["killed.npz"]);
            completed++;
            kept = 0;
        }

        amidst.Should().BeGreaterThan(Kills / 4, "half of the kills came some time into the work");
    }

    private long LengthOfJournal() => new FileInfo(_campaign["killed.npz.journal"]) is { Exists: true } journal ? journal.Length : 0;
}
