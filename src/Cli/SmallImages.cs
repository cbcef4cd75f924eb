using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>Puts a network's layers on smaller images: claims and laws are about layers, but most of the work grows with the positions.</summary>
internal static class SmallImages
{
    /// <summary>The numbers of rows and columns that are tried for smaller images.</summary>
    private static readonly int[] Extents = [8, 12, 16, 24];

    /// <summary>The network on the smallest images that its layers accept.</summary>
    /// <param name="network">The network.</param>
    /// <returns>That network; the given one where its images are already as small, or no smaller images fit.</returns>
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
                // A convolution or a pooling needs larger images.
            }
        }

        return network;
    }
}
