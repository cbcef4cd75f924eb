using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The same layers on images of fewer positions: claims and laws speak about layers, and most of the work is in positions.</summary>
internal static class SmallImages
{
    /// <summary>Rows and columns that stand for those of larger images.</summary>
    private static readonly int[] Extents = [8, 12, 16, 24];

    /// <summary>The network on the smallest images on which its layers fit each other.</summary>
    /// <param name="network">The network.</param>
    /// <returns>It; the network itself where its images are as small, or no smaller ones fit.</returns>
    public static Network Shrink(Network network)
    {
        foreach (var extent in Extents.Where(extent => extent < network.Input.Height && extent < network.Input.Width))
        {
            try
            {
                return new(network.Name, network.Input with { Height = extent, Width = extent }, network.Layers);
            }
            catch (InvalidNetworkException)
            {
                // A kernel or a pooling asks for more.
            }
        }

        return network;
    }
}
