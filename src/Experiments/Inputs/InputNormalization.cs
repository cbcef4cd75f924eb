namespace Wellbehaved.Experiments;

/// <summary>How the input signal is normalised.</summary>
public enum InputNormalization
{
    /// <summary>Each channel to mean 0 and variance 1 over the points of the batch, as the author does; then μ₂(x⁰) = 1.</summary>
    Channel,

    /// <summary>All pixels of the batch to mean 0 and variance 1 together.</summary>
    Global,

    /// <summary>Pixels as they are stored.</summary>
    None,
}
