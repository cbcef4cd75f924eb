using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>A convolution with square kernels: each output is a weighted sum over a patch of the input, plus a bias if there are biases.</summary>
/// <param name="Kernel">Kernel size k along each axis; the patch of an output starts ⌊(k-1)/2⌋ inputs, times the dilation, before it.</param>
public sealed record Convolution(int Kernel) : Layer
{
    /// <summary>The value of <see cref="Groups"/> for a depthwise convolution, in which each channel of the input is a group of its own.</summary>
    public const int EachChannel = 0;

    /// <summary>Number of channels of the output; null for the input's number.</summary>
    public int? Channels { get; init; }

    /// <summary>Distance between the inputs at which the patches of two neighbouring outputs are centred; an extent of n becomes ⌈n/stride⌉.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Distance between two neighbouring inputs of a patch.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Number of groups of channels, which are convolved separately; <see cref="EachChannel"/> for a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>What a convolution reads beyond the border of the image.</summary>
    public Boundary Boundary { get; init; } = Boundary.Periodic;

    /// <summary>How weights and biases are drawn; fan-in is k²·(input channels)/(groups).</summary>
    public Initialisation Parameters { get; init; } = Initialisation.He;

    /// <inheritdoc/>
    internal override string Word => "conv";

    /// <summary>Number of groups for an input.</summary>
    /// <param name="inputChannels">Channels of the input.</param>
    /// <returns><see cref="Groups"/>; for a depthwise convolution the number of channels.</returns>
    public int GroupsOf(int inputChannels) => Groups == EachChannel ? inputChannels : Groups;

    /// <summary>Fan-in: the number of weights of one output.</summary>
    /// <param name="inputChannels">Channels of the input.</param>
    /// <returns>k²·(input channels)/(groups).</returns>
    public long FanInOf(int inputChannels) => (long)Kernel * Kernel * (inputChannels / GroupsOf(inputChannels));

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path)
    {
        var channels = Channels ?? input.Channels;
        var groups = GroupsOf(input.Channels);
        if (input.Channels % groups != 0 || channels % groups != 0)
        {
            throw new InvalidNetworkException(path, $"expected channels that {groups} groups divide, got {input.Channels} in and {channels} out");
        }

        if (FanInOf(input.Channels) > Limits.Weights / channels)
        {
            throw new InvalidNetworkException(
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"expected at most {Limits.Weights} weights, got {Kernel}×{Kernel} for each of {input.Channels / groups} to {channels} channels"
                )
            );
        }

        // In an image of one row or one column, only the other extent limits the kernel size.
        var extent = (long)(Dilation * (long)(Kernel - 1)) + 1;
        var longest = Math.Min(input.Height, input.Width) is > 1 and var shorter ? shorter : Math.Max(input.Height, input.Width);
        if (extent > longest)
        {
            var dilated = Dilation == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" dilated by {Dilation}");
            throw new InvalidNetworkException(path, $"expected a kernel that fits {input.Height}×{input.Width} positions, got {Kernel}{dilated}");
        }

        return new(((input.Height - 1) / Stride) + 1, ((input.Width - 1) / Stride) + 1, channels);
    }

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Between(path, "kernel", Kernel, 1, Limits.Extent);
        Require.Between(path, "stride", Stride, 1, Limits.Extent);
        Require.Between(path, "dilation", Dilation, 1, Limits.Extent);
        Require.Between(path, "groups", Groups, EachChannel, Limits.Channels);
        Require.Defined(path, "boundary", Boundary);
        Parameters.Validate(path);
        if (Channels is { } channels)
        {
            Require.Between(path, "channels", channels, 1, Limits.Channels);
        }

        if (Boundary == Boundary.Symmetric && Kernel % 2 == 0)
        {
            throw new InvalidNetworkException(
                path,
                string.Create(CultureInfo.InvariantCulture, $"expected an odd kernel with boundary symmetric, got {Kernel}")
            );
        }
    }
}
