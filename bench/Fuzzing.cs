using System.Globalization;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Bench;

/// <summary>Runs every parser on damaged inputs, many more than the tests have time for.</summary>
internal static class Fuzzing
{
    /// <summary>Tries all parsers.</summary>
    /// <param name="inputs">Number of inputs in all.</param>
    /// <param name="seed">Which inputs.</param>
    /// <returns>The number of failures.</returns>
    public static int Run(int inputs, int seed)
    {
        using var targets = new FuzzTargets();
        var each = (inputs + targets.All.Count - 1) / targets.All.Count;
        Console.WriteLine($"| parser | inputs | refused | slowest | most memory, of what is allowed |\n|---|---|---|---|---|");
        var failures = 0;
        foreach (var target in targets.All)
        {
            var outcome = Fuzzer.Try(target, each, seed);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {target.Name} | {outcome.Inputs} | {outcome.Refused / (double)outcome.Inputs:P0} | "
                        + $"{outcome.Slowest.TotalMilliseconds:F1} ms | {outcome.MostAllocated:P1} |"
                )
            );
            foreach (var failure in outcome.Failures)
            {
                Console.Error.WriteLine(failure);
                failures++;
            }
        }

        Console.WriteLine($"\n{each * targets.All.Count} inputs, {failures} failures");
        return failures;
    }

    /// <summary>Gives damaged files to the commands that read them.</summary>
    /// <param name="from">The first seed: an input is a function of its seed.</param>
    /// <param name="to">The seed after the last one.</param>
    /// <param name="keep">A folder for the inputs of findings; null if they are not kept.</param>
    /// <returns>The number of findings.</returns>
    public static int RunCommands(int from, int to, string? keep)
    {
        var findings = CommandFuzzing.RunApart(from, to, keep, Console.WriteLine);
        foreach (var finding in findings)
        {
            Console.Error.WriteLine(finding);
        }

        return findings.Count;
    }
}
