namespace Wellbehaved.Model;

/// <summary>Batch normalisation with ε = 0 met a channel that is constant over the batch, whose normalised value is undefined.</summary>
public sealed class DegenerateChannelException : Exception
{
    /// <summary>Reports where.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="channel">Channel.</param>
    public DegenerateChannelException(int depth, int channel)
        : base($"channel {channel} is constant over the batch at depth {depth}, which batch norm with epsilon 0 cannot normalise")
    {
        Depth = depth;
        Channel = channel;
    }

    /// <summary>Layer or residual unit, counted from 1.</summary>
    public int Depth { get; }

    /// <summary>The constant channel.</summary>
    public int Channel { get; }
}
