namespace Wellbehaved.Audit;

/// <summary>The right signal and noise at a place of a network, and bounds on how far those of a correct subject may be from them.</summary>
/// <param name="Values">Signal and noise.</param>
/// <param name="Bounds">Bounds of their errors, element by element.</param>
internal sealed record SiteState(WrittenOutFeatures Values, WrittenOutFeatures Bounds)
{
    /// <summary>Numbers without error: the subject itself has shown them, or was given them.</summary>
    public static SiteState Exactly(WrittenOutFeatures values) => new(values, values.With(new double[values.Signal.Length], new double[values.Noise.Length]));

    /// <summary>Whether all bounds are 0.</summary>
    public bool IsExact => Array.TrueForAll(Bounds.Signal, bound => bound == 0) && Array.TrueForAll(Bounds.Noise, bound => bound == 0);

    /// <summary>The largest magnitudes that the subject's numbers may have.</summary>
    public WrittenOutFeatures Magnitudes => Values.With(Enclosure.Largest(Values.Signal, Bounds.Signal), Enclosure.Largest(Values.Noise, Bounds.Noise));

    /// <summary>The same features with their bounds in another arrangement.</summary>
    /// <param name="arrange">Rearranges features.</param>
    public SiteState Arranged(Func<WrittenOutFeatures, WrittenOutFeatures> arrange) => new(arrange(Values), arrange(Bounds));
}
