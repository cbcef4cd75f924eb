using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place of a network, as a subject shows them.</summary>
public sealed record Snapshot
{
    /// <summary>What a subject shows at a place.</summary>
    /// <param name="depth">Number of the layer or residual unit, from 1; 0 after the first convolution.</param>
    /// <param name="place">The place within the unit.</param>
    /// <param name="shape">Their common shape.</param>
    /// <param name="signal">True values of the signal (points × channels), with all scales applied.</param>
    /// <param name="noise">True values of the noise (points × channels).</param>
    /// <param name="moments">The moments that the subject reports for this place; called during the observation.</param>
    public Snapshot(int depth, UnitPlace place, TensorShape shape, double[] signal, double[] noise, Func<ReportedMoments> moments)
    {
        Depth = depth;
        Place = place;
        Shape = shape;
        Signal = signal;
        Noise = noise;
        Moments = moments;
    }

    /// <summary>Number of the layer or residual unit, from 1; 0 after the first convolution.</summary>
    public int Depth { get; internal init; }

    /// <summary>The place within the unit.</summary>
    public UnitPlace Place { get; internal init; }

    /// <summary>Their common shape.</summary>
    public TensorShape Shape { get; internal init; }

    /// <summary>True values of the signal (points × channels), with all scales applied.</summary>
    public double[] Signal { get; internal init; }

    /// <summary>True values of the noise (points × channels).</summary>
    public double[] Noise { get; internal init; }

    /// <summary>The moments that the subject reports for this place; computed when called, which must be during the observation.</summary>
    public Func<ReportedMoments> Moments { get; internal init; }

    /// <summary>The place in words, for messages.</summary>
    internal string Where => $"depth {Depth}, {Place.Suffix} ({PlaceWords.Describe(Place.Kind)})";
}
