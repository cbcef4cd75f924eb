using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place of a network, as a subject shows them.</summary>
/// <param name="Depth">Number of the layer or residual unit, from 1; 0 after the first convolution.</param>
/// <param name="Place">The place within the unit.</param>
/// <param name="Shape">Their common shape.</param>
/// <param name="Signal">True values of the signal (points × channels), with all scales applied.</param>
/// <param name="Noise">True values of the noise (points × channels).</param>
/// <param name="Moments">The moments that the subject reports for this place; computed when called, which must be during the observation.</param>
public sealed record Snapshot(int Depth, UnitPlace Place, TensorShape Shape, double[] Signal, double[] Noise, Func<ReportedMoments> Moments)
{
    /// <summary>The place in words, for messages.</summary>
    public string Where => $"depth {Depth}, {Place.Suffix} ({PlaceWords.Describe(Place.Kind)})";
}
