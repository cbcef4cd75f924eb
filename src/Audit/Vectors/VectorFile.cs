using System.Text.Json.Nodes;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Writes conformance vectors as NumPy archives, and a manifest that says how exact each array is. docs/conformance-vectors.md describes both.
/// </summary>
internal static class VectorFile
{
    private const string ManifestName = "manifest.json";

    /// <summary>Writes all vectors and the manifest.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <returns>Names of the files.</returns>
    public static IReadOnlyList<string> WriteAll(string folder)
    {
        var manifest = new JsonArray();
        var names = new List<string>();
        foreach (var vector in VectorCase.All)
        {
            var name = vector.Name + ".npz";
            NpzArchive.Write(Path.Combine(folder, name), [.. ArraysOf(vector)]);
            manifest.Add(Entry(name, vector));
            names.Add(name);
        }

        AtomicFile.WriteText(Path.Combine(folder, ManifestName), new JsonObject { ["version"] = 1, ["vectors"] = manifest }.ToJsonString(Json.Readable) + "\n");
        return [.. names, ManifestName];
    }

    private static IEnumerable<KeyValuePair<string, NpyArray>> ArraysOf(VectorCase vector)
    {
        var network = vector.Network;
        yield return new("configuration", NpyArray.From(NetworkSettingsJson.Write(network).ToJsonString(Json.Readable)));
        yield return new("input_signal", Tensor(vector.Input.Shape, vector.Input.Signal));
        yield return new("input_noise", Tensor(vector.Input.Shape, vector.Input.Noise));
        foreach (var (shape, index) in network.Kernels.Select((shape, index) => (shape, index)))
        {
            yield return new($"kernel_{index}", NpyArray.From(vector.Kernels[index], shape.Size, shape.Size, shape.InputChannels, shape.OutputChannels));
        }

        foreach (var place in Propagate<double>(vector))
        {
            var suffix = $"depth{place.Depth}_loc{place.Place.Number}";
            yield return new($"signal_{suffix}", Tensor(network.FeatureShape, place.Signal));
            yield return new($"noise_{suffix}", Tensor(network.FeatureShape, place.Noise));
            foreach (var (name, value) in Named(place.Moments))
            {
                yield return new($"{name}_{suffix}", NpyArray.From([value]));
            }
        }
    }

    private static JsonObject Entry(string name, VectorCase vector) =>
        new()
        {
            ["file"] = name,
            ["configuration"] = NetworkSettingsJson.Write(vector.Network),
            ["exact"] = new JsonArray("configuration", "input_signal", "input_noise", "kernel_*"),
            ["approximate"] = new JsonArray("signal_*", "noise_*", "nu*", "mu*", "chi_*", "log_*", "reff_*"),
            ["measured_in_double_precision"] = Rounded(Distance(Propagate<double>(vector), WrittenOut(vector))),
            ["measured_in_single_precision"] = Rounded(Distance(Propagate<float>(vector), WrittenOut(vector))),
        };

    /// <summary>The largest difference of a tensor's elements from those of the network written out, relative to the tensor's root mean square.</summary>
    private static double Distance(IEnumerable<Shown> shown, IEnumerable<(double[] Signal, double[] Noise)> written) =>
        shown.Zip(written, (ours, theirs) => Math.Max(Distance(ours.Signal, theirs.Signal), Distance(ours.Noise, theirs.Noise))).Max();

    private static double Distance(double[] ours, double[] theirs) =>
        ours.Zip(theirs, (x, y) => Math.Abs(x - y)).Max() / Math.Sqrt(WrittenOutLayers.MeanSquare(theirs));

    /// <summary>Rounds up to one digit: it is a measurement, not a bound.</summary>
    private static double Rounded(double value)
    {
        var scale = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return double.Parse(
            (Math.Ceiling(value / scale) * scale).ToString("0e+0", System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    private static List<(double[] Signal, double[] Noise)> WrittenOut(VectorCase vector)
    {
        var shown = new List<(double[], double[])>();
        new WrittenOutNetwork(vector.Network, vector.Kernels).Propagate(vector.Input, (_, _, signal, noise) => shown.Add((signal, noise)));
        return shown;
    }

    private static List<Shown> Propagate<T>(VectorCase vector)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var network = new NetworkPropagation<T>(vector.Network);
        using var moments = new MomentComputation<T>(vector.Network.FeatureShape);
        for (var i = 0; i < vector.Input.Signal.Length; i++)
        {
            network.Input.Signal[i] = T.CreateTruncating(vector.Input.Signal[i]);
            network.Input.Noise[i] = T.CreateTruncating(vector.Input.Noise[i]);
        }

        var recorder = new Recorder<T>(moments);
        network.Propagate(new GivenKernels<T>([.. vector.Kernels.Select(kernel => kernel.Select(T.CreateTruncating).ToArray())]), recorder);
        return recorder.All;
    }

    private static IEnumerable<(string Name, double Value)> Named(MomentSet moments)
    {
        yield return ("nu1_abs_signal", moments.Nu1AbsSignal);
        yield return ("nu2_signal", moments.Nu2Signal);
        yield return ("mu2_signal", moments.Mu2Signal);
        yield return ("mu4_signal", moments.Mu4Signal);
        yield return ("mu2_noise", moments.Mu2Noise);
        yield return ("log_nu2_signal", moments.LogNu2Signal);
        yield return ("log_mu2_signal", moments.LogMu2Signal);
        yield return ("log_mu2_noise", moments.LogMu2Noise);
        yield return ("chi", moments.Chi(1));
        yield return ("log_chi", moments.LogChi(1));
        yield return ("reff_signal", moments.ReffSignal);
        yield return ("reff_noise", moments.ReffNoise);
    }

    private static NpyArray Tensor(TensorShape shape, double[] values) => NpyArray.From(values, shape.Images, shape.Height, shape.Width, shape.Channels);

    private sealed record Shown(int Depth, UnitPlace Place, double[] Signal, double[] Noise, MomentSet Moments);

    private sealed class Recorder<T>(MomentComputation<T> moments) : IPropagationObserver<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public List<Shown> All { get; } = [];

        public bool Observes(int depth) => true;

        public void Observe(int depth, UnitPlace place, SignalAndNoise<T> values) =>
            All.Add(new Shown(depth, place, values.TrueSignal(), values.TrueNoise(), moments.Compute(values, reffSignal: true, reffNoise: true)));
    }
}
