using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place of a described network, as a subject shows them.</summary>
public sealed record NetworkSnapshot
{
    /// <summary>What a subject shows at a place.</summary>
    /// <param name="index">Index of the place in the network's places.</param>
    /// <param name="place">The place.</param>
    /// <param name="shape">Their common shape.</param>
    /// <param name="signal">True values of the signal (points × channels), with all scales applied.</param>
    /// <param name="noise">True values of the noise (points × channels).</param>
    /// <param name="moments">The moments that the subject reports for this place; called during the observation.</param>
    public NetworkSnapshot(int index, Networks.Place place, TensorShape shape, double[] signal, double[] noise, Func<ReportedMoments> moments)
    {
        Index = index;
        Place = place;
        Shape = shape;
        Signal = signal;
        Noise = noise;
        Moments = moments;
    }

    /// <summary>Index of the place in the network's places.</summary>
    public int Index { get; internal init; }

    /// <summary>The place.</summary>
    public Networks.Place Place { get; internal init; }

    /// <summary>Their common shape.</summary>
    public TensorShape Shape { get; internal init; }

    /// <summary>True values of the signal (points × channels), with all scales applied.</summary>
    public double[] Signal { get; internal init; }

    /// <summary>True values of the noise (points × channels).</summary>
    public double[] Noise { get; internal init; }

    /// <summary>The moments that the subject reports for this place; computed when called, which must be during the observation.</summary>
    public Func<ReportedMoments> Moments { get; internal init; }

    /// <summary>The place in words, for messages.</summary>
    internal string Where => Place.ToString();
}
