namespace Wellbehaved.Audit;

/// <summary>What is known of signal and noise somewhere in a network: what they should be, and how far those of a correct subject may be from it.</summary>
/// <param name="Values">Signal and noise.</param>
/// <param name="Bounds">Bounds of their errors, element by element.</param>
internal sealed record SiteState(WrittenOutFeatures Values, WrittenOutFeatures Bounds)
{
    /// <summary>Numbers that the subject itself has shown, or was given.</summary>
    public static SiteState Exactly(WrittenOutFeatures values) => new(values, values.With(new double[values.Signal.Length], new double[values.Noise.Length]));

    /// <summary>Whether nothing is uncertain.</summary>
    public bool IsExact => Array.TrueForAll(Bounds.Signal, bound => bound == 0) && Array.TrueForAll(Bounds.Noise, bound => bound == 0);

    /// <summary>The largest magnitudes that the subject's numbers may have.</summary>
    public WrittenOutFeatures Magnitudes => Values.With(Sum(Values.Signal, Bounds.Signal), Sum(Values.Noise, Bounds.Noise));

    /// <summary>The same known of features in another arrangement.</summary>
    /// <param name="arrange">Arranges.</param>
    public SiteState Arranged(Func<WrittenOutFeatures, WrittenOutFeatures> arrange) => new(arrange(Values), arrange(Bounds));

    private static double[] Sum(double[] values, double[] bounds) => [.. values.Zip(bounds, (value, bound) => Math.Abs(value) + bound)];
}
