using FsCheck;
using FsCheck.Fluent;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Generators and shrinkers of test cases.</summary>
public static class Cases
{
    public static Arbitrary<NetworkCase> Networks() =>
        Arb.From(
            from architecture in Gen.Elements<string>(Architecture.Names.ToArray())
            from images in Gen.Choose(2, 4)
            from height in Gen.Choose(2, 7)
            from width in Gen.Choose(2, 7)
            from inputChannels in Gen.Choose(1, 3)
            from channels in Gen.Choose(2, 9)
            from boundary in Gen.Elements(Enum.GetValues<Boundary>())
            from kernelSize in boundary == Boundary.Symmetric ? Gen.Elements(1, 3, 5) : Gen.Choose(1, 5)
            from depth in Gen.Choose(1, 3)
            from residualDepth in Gen.Choose(1, 3)
            from seed in Gen.Choose(0, 100_000)
            select new NetworkCase(architecture, images, height, width, inputChannels, channels, kernelSize, boundary, depth, residualDepth, seed),
            Shrink
        );

    public static Arbitrary<Features> FeatureBatches() =>
        Arb.From(
            from points in Gen.Choose(2, 24)
            from channels in Gen.Choose(1, 24)
            from scale in Gen.Elements(1e-3, 1.0, 1e3)
            from offset in Gen.Elements(0.0, 0.1, 10.0)
            from directions in Gen.Choose(1, 24)
            from heavyTailed in ArbMap.Default.GeneratorFor<bool>()
            from seed in Gen.Choose(0, 100_000)
            select new Features(points, channels, scale, offset, directions, heavyTailed, seed),
            ShrinkFeatures
        );

    private static IEnumerable<NetworkCase> Shrink(NetworkCase network)
    {
        foreach (var depth in Smaller(network.Depth, 1))
        {
            yield return network with
            {
                Depth = depth,
            };
        }

        foreach (var residualDepth in Smaller(network.ResidualDepth, 1))
        {
            yield return network with
            {
                ResidualDepth = residualDepth,
            };
        }

        foreach (var images in Smaller(network.Images, 2))
        {
            yield return network with
            {
                Images = images,
            };
        }

        foreach (var height in Smaller(network.Height, 2))
        {
            yield return network with
            {
                Height = height,
            };
        }

        foreach (var width in Smaller(network.Width, 2))
        {
            yield return network with
            {
                Width = width,
            };
        }

        foreach (var channels in Smaller(network.Channels, 2))
        {
            yield return network with
            {
                Channels = channels,
            };
        }

        foreach (var inputChannels in Smaller(network.InputChannels, 1))
        {
            yield return network with
            {
                InputChannels = inputChannels,
            };
        }

        if (network.KernelSize > 2)
        {
            yield return network with
            {
                KernelSize = network.KernelSize - 2,
            };
        }
    }

    private static IEnumerable<Features> ShrinkFeatures(Features features)
    {
        foreach (var points in Smaller(features.Points, 2))
        {
            yield return features with
            {
                Points = points,
            };
        }

        foreach (var channels in Smaller(features.Channels, 1))
        {
            yield return features with
            {
                Channels = channels,
            };
        }

        if (features.HeavyTailed)
        {
            yield return features with
            {
                HeavyTailed = false,
            };
        }
    }

    private static IEnumerable<int> Smaller(int value, int least) =>
        new[] { least, (value + least) / 2, value - 1 }.Where(smaller => smaller >= least && smaller < value).Distinct();
}
