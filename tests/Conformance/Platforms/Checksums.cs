using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Checksums of what a few experiments compute, to be compared between processors and operating systems.</summary>
/// <remarks>
/// <c>dotnet Wellbehaved.Tests.Conformance.dll checksums</c> prints them; the tests do so with wide instructions switched off, CI on every platform.
/// </remarks>
internal static class Checksums
{
    /// <summary>Small, and between them everything that has a loop for wide registers.</summary>
    internal static readonly (string Name, ExperimentOptions Options)[] Experiments =
    [
        ("products", Options("vanilla", kernelSize: 1, channels: 67, batch: 33, Boundary.Periodic)),
        ("normalised", Options("bn_res", kernelSize: 1, channels: 40, batch: 50, Boundary.Periodic)),
        ("convolutions", Options("vanilla_res", kernelSize: 3, channels: 20, batch: 3, Boundary.Symmetric)),
        ("spectral", Options("bn_ff", kernelSize: 5, channels: 48, batch: 4, Boundary.Periodic)),
        ("functions", ExperimentOptions.ForNetwork(Functions, 3, 2) with { Seed = 5 }),
    ];

    /// <summary>Every smooth function and every norm, over channels that fill registers and some that do not.</summary>
    private static Network Functions =>
        new(
            "functions",
            new Shape(32, 32, 3),
            [
                new AveragePool(8),
                new Dense { Channels = 21 },
                new InstanceNorm(),
                new Activation(new(FunctionKind.Gelu)),
                new Dense(),
                new LayerNorm(),
                new Activation(new(FunctionKind.Tanh)),
                new Dense(),
                new GroupNorm(3),
                new Activation(new(FunctionKind.Silu)),
                new Dense(),
                new RmsNorm(),
                new Activation(new(FunctionKind.Erf)),
                new Dense(),
                new Activation(new(FunctionKind.Sine)),
                new Dense(),
                new Activation(new(FunctionKind.Softplus)),
                new BatchNorm(),
                new Activation(new(FunctionKind.Elu)),
                new Dense(),
                new Activation(new(FunctionKind.Sigmoid)),
                new BatchNorm(),
                new Activation(new(FunctionKind.GeluTanh)),
                new BatchNorm(),
                new Activation(new(FunctionKind.HardSwish)),
                new Residual([new Dense(), new Activation(Function.LeakyRelu(0.3))]),
            ]
        );

    private static int Main(string[] arguments)
    {
        if (arguments is [CommandFuzzing.Word, .. { Length: 2 or 3 } inputs])
        {
            return CommandFuzzing.Run(inputs);
        }

        if (arguments is [LeakWatch.Word, var rounds])
        {
            var leak = LeakWatch.Run(int.Parse(rounds, CultureInfo.InvariantCulture), null, Console.WriteLine);
            Console.Error.WriteLine(leak);
            return leak is null ? 0 : 1;
        }

        if (arguments is not ["checksums"])
        {
            Console.Error.WriteLine(
                $"expected: checksums, or {CommandFuzzing.Word} FROM TO [FOLDER], or {LeakWatch.Word} ROUNDS (the tests are run by dotnet test)"
            );
            return 2;
        }

        Console.OutputEncoding = System.Text.Encoding.UTF8;
        Console.WriteLine(Processor);
        Console.WriteLine(string.Join('\n', Lines()));
        return 0;
    }

    /// <summary>On what the checksums are computed: the architecture of the processor and the widest registers that are used.</summary>
    internal static string Processor =>
        string.Create(CultureInfo.InvariantCulture, $"# {RuntimeInformation.ProcessArchitecture}, registers of {RegisterBits} bits");

    private static int RegisterBits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 64;

    /// <summary>A line for each experiment and each part of its results.</summary>
    /// <remarks>
    /// Logarithms, and the sines of the transforms, come from the operating system's library: they may differ between operating systems, never between
    /// processors of one.
    /// </remarks>
    internal static IEnumerable<string> Lines()
    {
        foreach (var (name, options) in Experiments)
        {
            var arrays = Experiment.Prepare(options).Run().ToArrays().Arrays.Where(array => array.Value.ElementType.Kind == 'f').ToArray();
            foreach (var (part, logarithms) in new[] { ("moments", false), ("logarithms", true) })
            {
                var values = arrays
                    .Where(array => array.Key.StartsWith("log_", StringComparison.Ordinal) == logarithms)
                    .OrderBy(array => array.Key, StringComparer.Ordinal)
                    .SelectMany(array => array.Value.ToDoubles());
                yield return $"{name} {part} {Sum(values)}";
            }
        }
    }

    private static string Sum(IEnumerable<double> values)
    {
        // Processors differ in the sign of what is not a number.
        var bits = values.Select(value => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value)).ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(bits.AsSpan())));
    }

    private static ExperimentOptions Options(string architecture, int kernelSize, int channels, int batch, Boundary boundary) =>
        new()
        {
            Architecture = architecture,
            TotalDepth = 4,
            KernelSize = kernelSize,
            NumChannels = channels,
            BatchSize = batch,
            NumSims = 2,
            Boundary = boundary,
            NumComputations = 4,
            Seed = 5,
        };
}
