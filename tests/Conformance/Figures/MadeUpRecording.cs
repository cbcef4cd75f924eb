using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Recordings for figures: of small experiments, and made up.</summary>
internal static class MadeUpRecording
{
    public static Recording Run(string folder, string architecture, int depth, int simulations, int channels = 16, int batch = 8)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = depth,
            KernelSize = 1,
            NumChannels = channels,
            BatchSize = batch,
            NumSims = simulations,
            NumComputations = depth,
            Seed = 5,
            Normalize = batch == 1 ? InputNormalization.Global : InputNormalization.Channel,
        };
        var path = Path.Combine(folder, $"{architecture}.npz");
        ResultFile.Write(path, Experiment.Prepare(options).Run());
        return new Recording(architecture, ResultFile.Read(path), Architecture.Named(architecture), channels, null);
    }

    /// <summary>The arrays of a recording, without those that say which network it was made with.</summary>
    public static List<KeyValuePair<string, NpyArray>> Arrays(Recording recording) =>
        [
            new("depth", NpyArray.From([.. recording.File.Depth.Select(depth => (long)depth)], recording.File.Depth.Count)),
            .. recording.File.Names.Select(name =>
                KeyValuePair.Create(
                    name,
                    NpyArray.From([.. recording.File.Find(name)!.SelectMany(row => row)], recording.File.Simulations, recording.File.Depth.Count)
                )
            ),
        ];

    /// <summary>A file that somebody else wrote.</summary>
    public static ResultFile Foreign(string folder, IReadOnlyList<KeyValuePair<string, NpyArray>> arrays, string name = "part")
    {
        var path = Path.Combine(folder, $"{name}.npz");
        NpzArchive.Write(path, arrays);
        return ResultFile.Read(path);
    }

    /// <summary>Moments of 24 simulations at 20 depths up to 200, whose ranks and ln χ are functions of the depth.</summary>
    public static MomentTable Table(Func<int, double> reff, Func<int, double> logChi) =>
        new([.. Depths], Simulations, Rows(reff), Rows(logChi), Rows(depth => Math.Log(1 + depth)), null, 0);

    private const int Simulations = 24;

    private static IEnumerable<int> Depths => Enumerable.Range(1, 20).Select(i => 10 * i);

    private static double[][] Rows(Func<int, double> value) =>
        [.. Enumerable.Range(0, Simulations).Select(i => Depths.Select(depth => value(depth) * (1 + (0.001 * i))).ToArray())];
}
