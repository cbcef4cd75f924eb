using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// What reading a result file takes is a small multiple of the numbers in it: the runtime is given no more, and the command ends as it should.
/// </summary>
public sealed class AuditMemoryTests : IDisposable
{
    /// <summary>What the program takes whatever it reads.</summary>
    private const long Program = 32 << 20;

    /// <summary>Times the numbers of the file as doubles.</summary>
    private const int Multiple = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Numbers that grow eightfold as they are read; at night also those that stay as they are.</summary>
    public static TheoryData<string> Types => [.. Breadth.Choose<string[]>(["|u1"], ["|u1", "<f8"])];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_audit_of_a_large_file_takes_a_small_multiple_of_its_numbers(string type)
    {
        var (path, numbers) = Large(type);
        string[] arguments = ["audit", "--results", path, "--architecture", "bn_ff", "--num-channels", "8", "--batch-size", "6", "--kernel-size", "1"];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = $"0x{Program + (Multiple * sizeof(double) * numbers):x}";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        // What the numbers of such a file say is no question here: they are judged, and that takes no more than this.
        process.ExitCode.Should().BeOneOf([0, 1, 3], "{0}{1}", output, await error);
        output.Should().Contain("claims hold");
    }

    /// <summary>The author's kind of file: every moment of every place, as many simulations as make 20 MB of doubles.</summary>
    private (string Path, long Numbers) Large(string type)
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 20,
            NumComputations = 20,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = 10,
        };
        const int copies = 500;
        var arrays = Experiment
            .Prepare(options)
            .Run()
            .ToArrays()
            .Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal) && !pair.Key.StartsWith("log_", StringComparison.Ordinal))
            .ToArray();
        List<RawArray> raw = [RawArray.From("depth", NpyArray.From([.. Enumerable.Range(1, 20).Select(depth => (long)depth)], 20))];
        var random = new Random(5);
        foreach (var (name, array) in arrays)
        {
            // Rows that differ, as they do: those that occur twice are refused.
            var values = array.ToDoubles();
            byte[] elements =
            [
                .. Enumerable.Range(0, copies).SelectMany(_ => values).SelectMany(value => Encoded(type, value * (1 + (1e-3 * random.NextDouble())))),
            ];
            raw.Add(
                new RawArray
                {
                    Name = name,
                    Type = type,
                    Shape = RawArray.ShapeOf(10 * copies, 20),
                    Elements = elements,
                }
            );
        }

        var path = Path.Combine(_folder, "large.npz");
        File.WriteAllBytes(path, ArchiveSpoiler.Sound(raw));
        return (path, (long)arrays.Length * 10 * copies * 20);
    }

    private static byte[] Encoded(string type, double value) =>
        type switch
        {
            "<f8" => BitConverter.GetBytes(value),
            _ => [(byte)Math.Clamp(Math.Round(value), 1, 255)],
        };
}
