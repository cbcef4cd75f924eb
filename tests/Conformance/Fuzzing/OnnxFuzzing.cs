using System.Globalization;
using Google.Protobuf;
using Wellbehaved.Cli;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;
using Wellbehaved.Tests.Onnx;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Gives spoilt model files to the process with ONNX Runtime, as the command does.</summary>
public static class OnnxFuzzing
{
    /// <summary>Bytes of a tensor's elements beyond which a model's structure is spoilt too rarely.</summary>
    private const int MostBytesAtOnce = 4;

    /// <summary>Models that are spoilt.</summary>
    public static IReadOnlyList<byte[]> Models { get; } =
    [
        Build
            .Model(
                13,
                [Build.Input("x", -1, 3, 5, 5)],
                [Build.Tensor("w", 0.3, 4, 3, 3, 3), Build.Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)],
                Build.Node("Pad", ["x", "pads"], "h0"),
                Build.Node("Conv", ["h0", "w"], "h1"),
                Build.Node("Relu", ["h1"], "h2"),
                Build.Node("MaxPool", ["h2"], "h3").With("kernel_shape", [2L, 2]),
                Build.Node("GlobalAveragePool", ["h3"], "y")
            )
            .ToByteArray(),
        Exported(Recipes.Find("bn_res", new RecipeSizes(new Shape(4, 4, 3), 3, 4, 1, Boundary.Periodic))!),
        Exported(
            new Network(
                "attentive",
                new Shape(2, 2, 3),
                [new Dense { Channels = 4 }, new Attention(2), new LayerNorm(), new Activation(new Function(FunctionKind.Gelu))]
            )
        ),
    ];

    /// <summary>Tries the files of some seeds.</summary>
    /// <param name="from">The first seed: a file is a function of its seed.</param>
    /// <param name="to">The seed after the last one.</param>
    /// <param name="path">The file that is written, and left for whoever looks into a finding.</param>
    /// <returns>How many were refused, and what went wrong with others.</returns>
    public static (int Refused, IReadOnlyList<string> Findings) Try(int from, int to, string path)
    {
        var (refused, findings) = (0, new List<string>());
        for (var seed = from; seed < to; seed++)
        {
            File.WriteAllBytes(path, Spoilt(seed));
            try
            {
                _ = OnnxRun.Record(
                    new OnnxRequest
                    {
                        Path = path,
                        BatchSize = 2,
                        NumSims = 1,
                        Threads = 1,
                    },
                    CancellationToken.None
                );
            }
            catch (InvalidInputException error)
            {
                refused++;
                if (error.Message.Contains('\n', StringComparison.Ordinal))
                {
                    findings.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: more than a line: {error.Message}"));
                }
            }
#pragma warning disable CA1031 // Any other is a finding.
            catch (Exception error)
#pragma warning restore CA1031
            {
                findings.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {error.GetType().Name}: {error.Message}"));
            }
        }

        return (refused, findings);
    }

    /// <summary>A model with a few bytes changed, or cut off.</summary>
    private static byte[] Spoilt(int seed)
    {
        var numbers = new RandomNumbers(29, 0, (uint)seed, RandomPurpose.Masks);
        var bytes = (byte[])Models[seed % Models.Count].Clone();
        var (changes, cut, _, _) = numbers.Block(0);
        for (uint i = 0; i <= changes % MostBytesAtOnce; i++)
        {
            var (at, value, kind, _) = numbers.Block(i + 1);
            bytes[at % (uint)bytes.Length] = kind % 2 == 0 ? (byte)value : (byte)(bytes[at % (uint)bytes.Length] ^ (1 << (int)(value % 8)));
        }

        return cut % 16 == 0 ? bytes[..(int)(cut % (uint)bytes.Length)] : bytes;
    }

    private static byte[] Exported(Network network)
    {
        using var content = new MemoryStream();
        OnnxExport.Write(network, content, seed: 1);
        return content.ToArray();
    }
}
