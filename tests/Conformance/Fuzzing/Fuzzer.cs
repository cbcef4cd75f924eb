using System.Diagnostics;
using System.Text;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What came of spoilt inputs.</summary>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="Refused">Those that were refused as they should be.</param>
/// <param name="Slowest">The longest that one took.</param>
/// <param name="MostAllocated">Most bytes allocated for one, of what was allowed.</param>
/// <param name="Failures">Inputs that crashed the parser, or that it took too much time or memory for.</param>
public sealed record FuzzOutcome(int Inputs, int Refused, TimeSpan Slowest, double MostAllocated, IReadOnlyList<string> Failures);

/// <summary>Gives a parser spoilt inputs and watches what it does.</summary>
public static class Fuzzer
{
    /// <summary>Nothing of this size takes a thousandth of that; on a busy machine a thread may be kept waiting.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private const int MostFailures = 5;

    /// <summary>Tries a parser.</summary>
    /// <param name="target">The parser.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="seed">Which inputs.</param>
    public static FuzzOutcome Try(FuzzTarget target, int inputs, int seed)
    {
        ArgumentNullException.ThrowIfNull(target);
        var random = new Random(seed);
        var (refused, slowest, most) = (0, TimeSpan.Zero, 0.0);
        var failures = new List<string>();
        for (var i = 0; i < inputs && failures.Count < MostFailures; i++)
        {
            // The first inputs are sound: they show what is refused without reason.
            var sound = i < target.Seeds.Count;
            var input = sound ? target.Seeds[i] : Spoiler.Spoil(target, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            string? failure = null;
            try
            {
                target.Parse(input);
            }
            catch (Exception exception) when (exception is InvalidInputException or AdapterException or ReportedErrorException or DeclinedException)
            {
                refused++;
                failure =
                    sound ? $"sound input refused: {exception.Message}"
                    : exception.Message.Contains('\n', StringComparison.Ordinal) ? $"more than a line: {exception.Message}"
                    : null;
            }
#pragma warning disable CA1031 // Whatever else is thrown is what is looked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception.ToString();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            var allowed = target.MostAllocated(input.Length);
            most = Math.Max(most, allocated / (double)allowed);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            failure ??=
                allocated > allowed ? $"{allocated} bytes allocated, {allowed} allowed"
                : clock.Elapsed > Hang ? $"took {clock.Elapsed}"
                : null;
            if (failure is not null)
            {
                failures.Add($"{target.Name}, seed {seed}, input {i} ({input.Length} bytes, {Spell(input)}): {failure}");
            }
        }

        return new FuzzOutcome(inputs, refused, slowest, most, failures);
    }

    private static string Spell(byte[] input) =>
        input.Length > 400 ? Convert.ToBase64String(input.AsSpan(0, 400)) + "…"
        : input.All(b => b is >= 32 and < 127) ? Encoding.ASCII.GetString(input)
        : Convert.ToBase64String(input);
}
