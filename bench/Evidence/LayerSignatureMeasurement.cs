using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>
/// Measures what each wrong interpreter of layers makes of networks with given parameters, and which checks reject it with its own parameters:
/// data/layer_signatures.json.
/// </summary>
public static class LayerSignatureMeasurement
{
    private const ulong Seed = 0;

    /// <summary>
    /// Measures signatures and writes each when it is ready. Numbers are measured anew, since a layer that is added changes the networks that are asked about;
    /// of signatures without numbers those that the file has are kept. Mistakes that no longer exist are left out.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="onlyNew">Whether numbers that the file has are kept as well.</param>
    public static void Run(string path, bool onlyNew = false)
    {
        LayerSignature[] known = File.Exists(path)
            ? [.. LayerSignature.Read(File.ReadAllText(path)).Where(signature => LayerMutants.List.Any(mutant => mutant.Name == signature.Defect))]
            : [];
        List<LayerSignature> signatures = [.. known];
        // With given parameters these mistakes do not show, and claims that solve for weights are slow: each of those is asked only about its own mistake.
        var composed = Suite.Checks.Where(check => check.Architecture == Suite.Composed && check.ClaimId[0] is not ('O' or 'D' or 'I')).ToArray();
        foreach (
            var mutant in LayerMutants.List.Where(mutant =>
                Array.TrueForAll(known, signature => signature.Defect != mutant.Name || (!onlyNew && signature.Numbers.Count > 0))
            )
        )
        {
            using var subject = mutant.Create();
            var numbers = LayerNumbers
                .Measure(subject)
                .Where(pair => !LayerNumbers.IsRight(pair.Value))
                .ToDictionary(pair => pair.Key, pair => Array.ConvertAll(pair.Value, Rounded));
            var rejects = numbers.Count > 0 ? [Signature.NameOf(mutant.Check)] : Rejections(mutant, composed);
            var measured = new LayerSignature(mutant.Name, rejects, numbers);
            if (signatures.FindIndex(signature => signature.Defect == mutant.Name) is >= 0 and var place)
            {
                signatures[place] = measured;
            }
            else
            {
                signatures.Add(measured);
            }

            Console.Error.WriteLine(
                $"{mutant.Name}: {(numbers.Count > 0 ? $"other numbers on {numbers.Count} networks" : $"{rejects.Length} checks reject it")}"
            );
            File.WriteAllText(path, LayerSignature.ToText(signatures));
        }

        File.WriteAllText(path, LayerSignature.ToText(signatures));
    }

    /// <summary>
    /// The statistical claims that reject a mistake with a quarter of the planned samples, which is enough for the mistakes that have signatures; and the claim
    /// that names the mistake.
    /// </summary>
    private static string[] Rejections(Mutant mutant, Check[] composed)
    {
        using var subject = mutant.Create();
        var rejects = new bool[composed.Length];
        Parallel.For(
            0,
            composed.Length,
            i =>
                rejects[i] =
                    composed[i] == mutant.Check || Suite.Execute(composed[i], subject, Scale.Quick, Seed, sampleShare: 0.25).Verdict == Verdict.Rejected
        );
        return
        [
            .. Suite.Checks.Where(check => check == mutant.Check || (Array.IndexOf(composed, check) is >= 0 and var i && rejects[i])).Select(Signature.NameOf),
        ];
    }

    /// <summary>Rounds to five significant digits, which is more than two implementations have in common.</summary>
    private static double Rounded(double number) => double.Parse(number.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
