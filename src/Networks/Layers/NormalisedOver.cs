namespace Wellbehaved.Networks;

/// <summary>The features of one input over which a layer norm or RMS norm computes its statistics.</summary>
public enum NormalisedOver
{
    /// <summary>The channels of each position, as in transformers.</summary>
    Channels,

    /// <summary>All positions and channels of the input.</summary>
    All,
}
