namespace Wellbehaved.Model;

/// <summary>The moments of one simulation.</summary>
/// <param name="Mu2InputSignal">μ₂(x⁰), the variance of the input signal.</param>
/// <param name="AtDepth0">Moments of the output of the first convolution.</param>
/// <param name="AtPlaces">Moments (places × computed depths).</param>
/// <param name="DiedAtDepth">The first computed depth at which the whole signal was zero; null if it stayed alive.</param>
public sealed record SimulationMoments(double Mu2InputSignal, MomentSet AtDepth0, MomentSet[][] AtPlaces, int? DiedAtDepth)
{
    /// <summary>Whether another simulation has the same moments, bit for bit.</summary>
    internal bool IsIdenticalTo(SimulationMoments other) =>
        Mu2InputSignal.Equals(other.Mu2InputSignal) && AtDepth0 == other.AtDepth0 && DiedAtDepth == other.DiedAtDepth
        && AtPlaces.Zip(other.AtPlaces).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
