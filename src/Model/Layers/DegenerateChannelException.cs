using System.Globalization;

namespace Wellbehaved.Model;

/// <summary>
/// A norm with ε = 0 has constant features as its input, so that their normalised value is undefined: a channel over the batch, or features of one input.
/// </summary>
public sealed class DegenerateChannelException : Exception
{
    /// <summary>Reports the channel of a batch norm.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="channel">Channel.</param>
    internal DegenerateChannelException(int depth, int channel)
        : base($"channel {channel} is constant over the batch at depth {depth}, which batch norm with epsilon 0 cannot normalise")
    {
        Depth = depth;
        Channel = channel;
    }

    /// <summary>Reports the features of a norm of single inputs.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="channel">The first channel of the features that are normalised together.</param>
    /// <param name="point">The first point of the features that are normalised together.</param>
    /// <param name="norm">The word for the norm.</param>
    /// <param name="state">The word for their state: constant, or zero.</param>
    internal DegenerateChannelException(int depth, int channel, int point, string norm, string state)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the features from point {point} and channel {channel} on are {state} at depth {depth}, which {norm} with epsilon 0 cannot normalise"
            )
        )
    {
        Depth = depth;
        Channel = channel;
    }

    /// <summary>Layer or residual unit, counted from 1.</summary>
    public int Depth { get; }

    /// <summary>The constant channel; where several channels are normalised together, the first of them.</summary>
    public int Channel { get; }
}
