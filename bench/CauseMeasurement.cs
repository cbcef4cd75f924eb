using System.Globalization;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Bench;

/// <summary>How often the cause of a deliberately wrong implementation is named: alone and rightly, rightly among others, wrongly, or not at all.</summary>
internal static class CauseMeasurement
{
    /// <summary>Runs every mutant with several seeds, prints those whose cause is not named alone, and counts the results.</summary>
    public static void Run(int seeds)
    {
        string[] names = ["alone", "tie", "wrong", "none"];
        var counts = names.ToDictionary(name => name, _ => 0);
        foreach (var mutant in AllMutants.List)
        {
            for (var seed = 0; seed < seeds; seed++)
            {
                var explanations = KnownCauses.Explain(mutant, (ulong)(100 + seed));
                var judged = KnownCauses.Judge(mutant, explanations);
                counts[judged]++;
                if (judged != "alone")
                {
                    Console.Error.WriteLine(
                        $"{mutant.Name}, seed {100 + seed}: {judged}: {string.Join(" | ", explanations.Select(explanation => explanation.Cause))}"
                    );
                }
            }
        }

        foreach (var name in names)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {counts[name]} of {AllMutants.List.Length * seeds}"));
        }
    }
}
