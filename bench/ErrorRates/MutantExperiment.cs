using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Bench;

/// <summary>Runs each mutant's claim on it over many seeds, and notes how often it is rejected.</summary>
internal static class MutantExperiment
{
    /// <summary>Runs the mutants.</summary>
    /// <param name="seeds">Number of seeds, from 0.</param>
    /// <param name="path">A CSV file; mutants that it holds already are kept as they are.</param>
    public static void Run(int seeds, string path)
    {
        List<string> lines = File.Exists(path) ? [.. File.ReadLines(path)] : ["mutant,claim,architecture,seeds,rejected,inconclusive,holds"];
        foreach (var mutant in AllMutants.List.Where(mutant => !lines.Any(line => line.StartsWith(mutant.Name + ",", StringComparison.Ordinal))).ToArray())
        {
            var check = mutant.Check;
            using var subject = mutant.Create();
            var verdicts = new Verdict[seeds];
            Parallel.For(0, seeds, seed => verdicts[seed] = Suite.Execute(check, subject, Scale.Quick, (ulong)seed).Verdict);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{mutant.Name},{mutant.ClaimId},{mutant.Architecture},{seeds},{Count(Verdict.Rejected)},{Count(Verdict.Inconclusive)},{Count(Verdict.Holds)}"));
            Console.WriteLine(lines[^1]);
            File.WriteAllLines(path, lines);

            int Count(Verdict verdict) => verdicts.Count(value => value == verdict);
        }
    }
}
