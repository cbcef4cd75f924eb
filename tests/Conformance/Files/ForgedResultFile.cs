using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Sound result files of each architecture, and copies in which something is not as a run would write it.</summary>
internal static class ForgedResultFile
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Sound = new();

    /// <summary>Writes a sound file.</summary>
    public static string Write(string folder, string architecture, int simulations = 12)
    {
        var path = Path.Combine(folder, architecture + ".npz");
        File.WriteAllBytes(path, Sound.GetOrAdd($"{architecture} {simulations}", _ => new Lazy<byte[]>(() => Run(architecture, simulations, path))).Value);
        return path;
    }

    /// <summary>Exchanges arrays: null leaves one out.</summary>
    public static string With(string path, Func<string, NpyArray, NpyArray?> change, params (string Name, NpyArray Array)[] more)
    {
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        using (var archive = NpzArchive.Open(path))
        {
            foreach (var name in archive.Names)
            {
                if (change(name, archive.Read(name)) is { } array)
                {
                    arrays.Add(new(name, array));
                }
            }
        }

        NpzArchive.Write(path, arrays.Concat(more.Select(pair => KeyValuePair.Create(pair.Name, pair.Array))));
        return path;
    }

    /// <summary>Exchanges the value of an option in the configuration, written as JSON.</summary>
    public static string WithOption(string path, string key, string value) =>
        WithConfiguration(path, text => Regex.Replace(text, $"\"{key}\":(\"[^\"]*\"|[^,}}]*)", $"\"{key}\":{value}"));

    /// <summary>Exchanges the configuration.</summary>
    public static string WithConfiguration(string path, Func<string, string> change) =>
        With(path, (name, array) => name == "configuration" ? NpyArray.From(change(array.ToText())) : array);

    /// <summary>Exchanges one to four things.</summary>
    public static string AtRandom(string path, Random random)
    {
        string[] keys =
        [
            "architecture",
            "total_depth",
            "kernel_size",
            "num_channels",
            "batch_size",
            "num_sims",
            "boundary",
            "dataset",
            "normalize",
            "epsilon",
            "res_depth",
            "num_computations",
            "seed",
            "reff_signal",
        ];
        string[] values =
        [
            "0",
            "1",
            "2",
            "-1",
            "7",
            "64",
            "65536",
            "2147483647",
            "1e308",
            "null",
            "true",
            "\"bn_ff\"",
            "\"vanilla\"",
            "\"gaussian\"",
            "\"zero_padding\"",
            "\"/dev/zero.npy\"",
            "\"none\"",
            "{}",
            "[]",
        ];
        double[] numbers = [0, 1, -1, 2.5, 1e12, 1e-300, 1e308, -1e308, -744.4400719213812, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            if (random.Next(3) == 0)
            {
                WithOption(path, keys[random.Next(keys.Length)], values[random.Next(values.Length)]);
                continue;
            }

            var chosen = random.Next(60);
            var number = numbers[random.Next(numbers.Length)];
            var kind = random.Next(6);
            var at = 0;
            With(
                path,
                (name, array) =>
                    at++ != chosen
                        ? array
                        : kind switch
                        {
                            0 => null,
                            1 => NpyArray.From("a text"),
                            2 => NpyArray.From([number]),
                            3 when array.Shape.Count == 2 => NpyArray.From(new double[array.Count], array.Shape[1], array.Shape[0]),
                            _ when array.ElementType.Kind == 'U' => array,
                            _ => NpyArray.From(
                                [.. array.ToDoubles().Select((value, j) => kind == 4 || j == array.Count / 2 ? number : value)],
                                [.. array.Shape]
                            ),
                        }
            );
        }

        return path;
    }

    private static byte[] Run(string architecture, int simulations, string path)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = 64,
            NumComputations = 8,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = simulations,
        };
        ResultFile.Write(path, Experiment.Prepare(options).Run());
        return File.ReadAllBytes(path);
    }
}
