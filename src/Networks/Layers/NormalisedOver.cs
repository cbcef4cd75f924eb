namespace Wellbehaved.Networks;

/// <summary>Over which features of one input a layer or RMS norm takes its statistics.</summary>
public enum NormalisedOver
{
    /// <summary>The channels of each position, as in transformers.</summary>
    Channels,

    /// <summary>All positions and channels of the input.</summary>
    All,
}
