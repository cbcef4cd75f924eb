using System.Globalization;
using System.Runtime.InteropServices;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Onnx;

namespace Wellbehaved.Tests.Onnx.Networks;

/// <summary>PyTorch's forward-mode derivative, in double precision, has the same moments after each module.</summary>
public class ForwardDerivativeTests
{
    private const int Batch = 4;
    private const int Size = 64;

    /// <summary>Batch norm with both noises; layer norm; at night a third network, of depthwise convolutions and gates.</summary>
    public static TheoryData<string, NoiseKind> Networks
    {
        get
        {
            TheoryData<string, NoiseKind> data = new()
            {
                { "resnet18", NoiseKind.Mapping },
                { "resnet18", NoiseKind.Full },
                { "convnext_tiny", NoiseKind.Mapping },
            };
            if (Breadth.Choose(usual: false, atNight: true))
            {
                data.Add("mobilenet_v3_large", NoiseKind.Mapping);
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Networks))]
    public void Moments_equal_those_of_PyTorch_forward_mode_at_every_module(string name, NoiseKind noise)
    {
        Python.SkipWithoutTorchvision();
        using var folder = new TemporaryFolder();
        Python.Run("export", name, $"{Size}", folder.File("net.onnx"));
        var (signal, direction) = (new float[Batch * 3 * Size * Size], new float[Batch * 3 * Size * Size]);
        new RandomNumbers(5, 0, 0, RandomPurpose.GaussianImages).FillNormal<float>(signal, 1);
        new RandomNumbers(5, 0, 0, RandomPurpose.InputNoise).FillNormal<float>(direction, 1);
        File.WriteAllBytes(folder.File("signal.f32"), MemoryMarshal.AsBytes<float>(signal).ToArray());
        File.WriteAllBytes(folder.File("noise.f32"), MemoryMarshal.AsBytes<float>(direction).ToArray());
        var modules = Python
            .Run("forward", name, $"{Size}", noise == NoiseKind.Full ? "full" : "held", folder.File("signal.f32"), folder.File("noise.f32"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToList();

        using var network = OnnxNetwork.Open(
            folder.File("net.onnx"),
            new OnnxOptions
            {
                BatchSize = Batch,
                Weights = OnnxWeights.File,
                Noise = noise,
                ReffSignal = false,
                ReffNoise = false,
                Threads = 2,
            }
        );
        var mapping = network.Record(1, seed: 5).Mappings[0];

        // Sums and products of two paths are no modules.
        var places = network.Places.Zip(mapping.Moments).Where(pair => pair.First.Kind is not (OnnxPlaceKind.Added or OnnxPlaceKind.Multiplied)).ToList();
        places.Select(pair => Kind(pair.First)).Should().Equal(modules.Select(words => Kind(words[0])));
        foreach (var ((place, moments), words) in places.Zip(modules))
        {
            var (nu2, mu2Noise) = (double.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture));
            moments!.Value.Nu2Signal.Should().BeApproximately(nu2, 1e-3 * nu2, "at {0}", place.Name);
            moments.Value.Mu2Noise.Should().BeApproximately(mu2Noise, 1e-3 * mu2Noise, "at {0}", place.Name);
        }
    }

    private static string Kind(OnnxPlace place) =>
        place.Kind switch
        {
            OnnxPlaceKind.Weighted => "weights",
            OnnxPlaceKind.Normalised => "norm",
            OnnxPlaceKind.Pooled => "pool",
            _ => "activation",
        };

    private static string Kind(string module) =>
        module switch
        {
            "Conv2d" or "Linear" => "weights",
            _ when module.Contains("Norm", StringComparison.Ordinal) => "norm",
            _ when module.Contains("Pool", StringComparison.Ordinal) => "pool",
            _ => "activation",
        };
}
