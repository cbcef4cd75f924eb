using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>
/// Identifies the arithmetic that evidence was gathered with: a digest of the bits that the reference computes, and one of what each check measures.
/// </summary>
/// <remarks>
/// A new algorithm may change only the last digits and still change how often a tolerance is exceeded, as Fourier transforms did. So evidence is outdated
/// as soon as one bit changes: in small propagations with each architecture, boundary and method of convolution, or in the check's part of the record of
/// the checks. Logarithms of moments are left out: they are functions of the other moments, and come from the C library.
/// </remarks>
internal static class Arithmetic
{
    /// <summary>Hexadecimal digits of a digest: 48 bits, so that no two of some thousand versions agree by chance.</summary>
    private const int Digits = 12;

    private const ulong Seed = 20190611;
    private const int Depth = 2;

    private static readonly Lazy<string> Computed = new(PropagationDigest);
    private static readonly Lazy<string> Elementary = new(LibraryDigest);
    private static readonly Lazy<string[]> Record = new(() => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "record.tsv")));

    private static readonly ConcurrentDictionary<string, string> Stamps = new(StringComparer.Ordinal);

    /// <summary>The digest of the reference's propagation by this build on this machine.</summary>
    public static string Propagation => Computed.Value;

    /// <summary>A digest of the elementary functions of the machine's C library. Where it differs, different last digits do not come from our code.</summary>
    public static string Library => Elementary.Value;

    /// <summary>The digest of the check that a row of evidence belongs to, from today's record of its claim.</summary>
    /// <param name="key">The row; its first word is the claim. A whole run covers all claims; a row that names no claim belongs to no check.</param>
    public static string StampOf(string key) => Stamps.GetOrAdd(key, static key => StampOf(key, Record.Value));

    /// <summary>The digest with another record of the checks.</summary>
    /// <param name="key">The row.</param>
    /// <param name="record">The lines of record.tsv.</param>
    public static string StampOf(string key, IEnumerable<string> record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var claim = key.Split(' ')[0] + " ";
        foreach (
            var line in record.Where(line =>
                key == QuickStudy.WholeRun ? !line.Contains($" {Suite.Composed}\t", StringComparison.Ordinal) : line.StartsWith(claim, StringComparison.Ordinal)
            )
        )
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        }

        return Hexadecimal(hash);
    }

    private static string PropagationDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reference = new ReferenceSubject();
        foreach (var network in Networks())
        {
            Propagate(hash, reference, network, new Weights.Own(Seed, 1));
            Propagate(hash, reference, network, new Weights.Given(GivenWeights(network)));
        }

        return Hexadecimal(hash);
    }

    /// <summary>Every architecture with kernel sizes 1, 2 and 3 and each boundary, and one network large enough for the other method of convolution.</summary>
    private static IEnumerable<NetworkSettings> Networks()
    {
        foreach (var name in Architecture.Names)
        {
            yield return new(Architecture.Named(name, 2), new TensorShape(8, 1, 1, 10), Depth, 6, 1, Boundary.Periodic, 0.001);
            yield return new(Architecture.Named(name, 1), new TensorShape(2, 8, 6, 2), Depth, 4, 2, Boundary.Periodic, 0.001);
            foreach (var boundary in Enum.GetValues<Boundary>())
            {
                yield return new(Architecture.Named(name, 2), new TensorShape(2, 8, 6, 2), Depth, 4, 3, boundary, 0.001);
            }

            yield return new(Architecture.Named(name, 1), new TensorShape(4, 32, 32, 3), Depth, 32, 3, Boundary.Periodic, 0.001);
        }
    }

    private static double[][] GivenWeights(NetworkSettings network) => [.. network.Kernels.Select((shape, index) => Weights(shape, (uint)index))];

    private static double[] Weights(KernelShape shape, uint layer)
    {
        var weights = new double[shape.Length];
        new RandomNumbers(Seed, 2, layer, RandomPurpose.Weights).FillNormal<double>(weights, shape.StandardDeviation);
        return weights;
    }

    private static void Propagate(IncrementalHash hash, ReferenceSubject reference, NetworkSettings network, Weights weights) =>
        reference.Propagate(
            network,
            weights,
            Batch.Gaussian(network, Seed, 3),
            snapshot =>
            {
                Append(hash, snapshot.Signal);
                Append(hash, snapshot.Noise);
                var moments = snapshot.Moments();
                Append(hash, [moments.Nu1AbsSignal, moments.Nu2Signal, moments.Mu2Signal, moments.Mu4Signal]);
                Append(hash, [moments.Mu2Noise, moments.Chi, moments.ReffSignal, moments.ReffNoise]);
            }
        );

    private static string LibraryDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 1; i <= 4096; i++)
        {
            var x = i / 512.0;
            Append(hash, [Math.Log(x), Math.Exp(-x), Math.Sin(x), Math.Cos(x), Math.Pow(x, 0.3), Math.Tan(x), Math.Acos(i / 4096.0), Math.Atan2(x, 3)]);
        }

        return Hexadecimal(hash);
    }

    private static void Append(IncrementalHash hash, double[] values)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }

    private static string Hexadecimal(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
}
