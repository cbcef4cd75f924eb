using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place of a described network, as a subject shows them.</summary>
/// <param name="Index">Index of the place in the network's places.</param>
/// <param name="Place">The place.</param>
/// <param name="Shape">Their common shape.</param>
/// <param name="Signal">True values of the signal (points × channels), with all scales applied.</param>
/// <param name="Noise">True values of the noise (points × channels).</param>
/// <param name="Moments">The moments that the subject reports for this place; computed when called, which must be during the observation.</param>
public sealed record NetworkSnapshot(int Index, Networks.Place Place, TensorShape Shape, double[] Signal, double[] Noise, Func<ReportedMoments> Moments)
{
    /// <summary>The place in words, for messages.</summary>
    public string Where => Place.ToString();
}
