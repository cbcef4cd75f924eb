using System.Globalization;

namespace Wellbehaved.Model;

/// <summary>
/// A norm with ε = 0 met features that are constant, whose normalised value is undefined: a channel over the batch, or features of one input.
/// </summary>
public sealed class DegenerateChannelException : Exception
{
    /// <summary>Reports where, for a batch norm.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="channel">Channel.</param>
    public DegenerateChannelException(int depth, int channel)
        : base($"channel {channel} is constant over the batch at depth {depth}, which batch norm with epsilon 0 cannot normalise")
    {
        Depth = depth;
        Channel = channel;
    }

    /// <summary>Reports where, for a norm of single inputs.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="channel">The first channel of those that are normalised together.</param>
    /// <param name="point">The first point of those that are normalised together.</param>
    /// <param name="norm">The word for the norm.</param>
    /// <param name="state">In which state they are: constant, or zero.</param>
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

    /// <summary>The constant channel; the first one where several are normalised together.</summary>
    public int Channel { get; }
}
