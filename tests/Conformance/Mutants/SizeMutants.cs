using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Mistakes that small fixed networks of given weights do not show: at other sizes, deep down, and with weights of the subject's own.</summary>
internal static class SizeMutants
{
    private const int DeepDown = 20;

    public static ImmutableArray<Mutant> List { get; } =
    [
        new("the edge repeated for symmetric padding", "O4", "vanilla")
        {
            Implementation = name => new OtherPadding(
                name,
                Border: (boundary, position, extent, _) =>
                    boundary == Boundary.Symmetric ? Math.Clamp(position, 0, extent - 1) : Right(boundary, position, extent)
            ),
        },
        new("kernels that wrap around once at most", "O4", "vanilla_res")
        {
            Implementation = name => new OtherPadding(
                name,
                Border: (boundary, position, extent, _) =>
                    boundary == Boundary.Periodic ? (position < 0 ? position + extent : position - extent) : Right(boundary, position, extent)
            ),
        },
        new("columns that wrap by the smaller side", "O4", "bn_ff")
        {
            Implementation = name => new OtherPadding(
                name,
                Border: (boundary, position, extent, smaller) => Right(boundary, position, boundary == Boundary.Periodic ? smaller : extent)
            ),
        },
        new("images that mirror once at most", "O4", "bn_res")
        {
            Implementation = name => new OtherPadding(
                name,
                Border: (boundary, position, extent, _) =>
                    boundary == Boundary.Symmetric ? (position < 0 ? -1 - position : (2 * extent) - 1 - position) : Right(boundary, position, extent)
            ),
        },
        new("kernels of 5 × 5 a twentieth too large", "O4", "bn_res")
        {
            GivenWeights = (kernel, shape) => shape.Size == 5 ? [.. kernel.Select(value => 1.05f * value)] : kernel,
        },
        new("batches above 32 normalised in parts", "O4", "bn_ff")
        {
            Network = AllMutants.Norm(new WrongNorm(GroupOf: (shape, point, channel) => (point / (shape.Height * shape.Width) / 32, channel))),
        },
        new("noise a twentieth too large from depth 21 on", "O4", "vanilla")
        {
            Implementation = name => new ShownOtherwise(
                name,
                (snapshot, _) => snapshot.Depth > DeepDown ? snapshot with { Noise = [.. snapshot.Noise.Select(value => 1.05 * value)] } : snapshot
            ),
        },
        new("depths above 20 shown one too late", "O4", "bn_res")
        {
            Implementation = name => new ShownOtherwise(
                name,
                (snapshot, shown) => snapshot.Depth > DeepDown ? shown[(snapshot.Depth - 1, snapshot.Place.Number)] with { Depth = snapshot.Depth } : snapshot
            ),
        },
        new("the mask of another image with weights of its own", "I11", "vanilla")
        {
            Implementation = name => new OwnOtherwise(name, Network: AllMutants.Replace<ReluStep>(UnitPlaceKind.Relu, MaskOfTheImageBefore)),
        },
        new("another epsilon with weights of its own", "I11", "bn_ff")
        {
            Implementation = name => new OwnOtherwise(name, Network: network => network with { Epsilon = 10 * network.Epsilon }),
        },
        new("noise not added at the skip connection with weights of its own", "I11", "vanilla_res")
        {
            Implementation = name => new OwnOtherwise(name, Network: AllMutants.Skip((skip, branch, noise) => noise ? branch : skip + branch)),
        },
        new("noise centred by batch norm with weights of its own", "I11", "bn_res")
        {
            Implementation = name => new OwnOtherwise(name, Network: AllMutants.Norm(new WrongNorm(CentresNoise: true))),
        },
        new("an answer kept by seed and simulation, whatever the input", "I10", "vanilla")
        {
            Implementation = name => new OwnOtherwise(name, KeepsAnswers: true),
        },
        new("weights that depend on the input", "I10", "bn_ff")
        {
            Implementation = name => new OwnOtherwise(
                name,
                Asked: (own, input) => new Weights.Own(own.Seed ^ ((ulong)BitConverter.DoubleToInt64Bits(input.Signal[0]) >> 20), own.Simulation)
            ),
        },
        new("weights that depend on the noise", "I10", "bn_res")
        {
            Implementation = name => new OwnOtherwise(
                name,
                Asked: (own, input) => new Weights.Own(own.Seed ^ ((ulong)BitConverter.DoubleToInt64Bits(input.Noise[^1]) >> 20), own.Simulation)
            ),
        },
    ];

    /// <summary>Where a position beyond the border is read; below 0 where nothing is.</summary>
    private static int Right(Boundary boundary, int position, int extent) => WrittenOutLayers.Beyond(position, extent, boundary) ?? -1;

    private static (double[] Signal, double[] Noise) MaskOfTheImageBefore(RewrittenStep.Tensors tensors)
    {
        var image = tensors.Signal.Length / tensors.Shape.Images;
        return (
            [.. tensors.Signal.Select(value => Math.Max(value, 0))],
            [.. tensors.Noise.Select((value, i) => tensors.Signal[(i + tensors.Signal.Length - image) % tensors.Signal.Length] > 0 ? value : 0)]
        );
    }
}
