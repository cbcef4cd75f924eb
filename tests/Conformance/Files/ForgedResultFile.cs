using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Sound result files of each architecture, and copies in which something is not as a run would write it.</summary>
internal static class ForgedResultFile
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Sound = new();

    /// <summary>Writes a sound file.</summary>
    public static string Of(string folder, string architecture, int simulations = 12)
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
        With(path, (name, array) => name == "configuration" ? NpyArray.Of(change(array.ToText())) : array);

    private static byte[] Run(string architecture, int simulations, string path)
    {
        var options = new ExperimentOptions { Architecture = architecture, TotalDepth = 64, NumComputations = 8, KernelSize = 1, NumChannels = 8, BatchSize = 6, NumSims = simulations };
        ResultFile.Write(path, Experiment.Prepare(options).Run());
        return File.ReadAllBytes(path);
    }
}
