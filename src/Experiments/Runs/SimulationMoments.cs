namespace Wellbehaved.Experiments;

/// <summary>The moments of one simulation.</summary>
/// <param name="Mu2InputSignal">μ₂(x⁰), the variance of the input signal.</param>
/// <param name="AtDepth0">Moments of the output of the first convolution of an architecture.</param>
/// <param name="AtPlaces">Moments (places × computed depths); for a described network (recorded places × 1).</param>
/// <param name="DiedAtDepth">The first computed depth at which the whole signal was zero; null if it did not die.</param>
public sealed record SimulationMoments(double Mu2InputSignal, MomentSet AtDepth0, MomentSet[][] AtPlaces, int? DiedAtDepth)
{
    /// <summary>
    /// Natural logarithms of the mean square of the gradient, at the same places and depths as <see cref="AtPlaces"/>; null where no gradients were computed.
    /// </summary>
    public double[][]? LogGradients { get; internal init; }

    /// <summary>
    /// How the simulation ended, according to the moments at the last place of each depth: a dead residual branch does not end it while the skip connection is
    /// alive. A NaN or an overflow ends it at any place.
    /// </summary>
    /// <param name="depths">Computed depths.</param>
    /// <param name="varies">Whether there is more than one point, over which a signal can vary.</param>
    internal MappingEnd End(IReadOnlyList<int> depths, bool varies) =>
        MappingEnd.Find(depths, [.. Enumerable.Range(0, depths.Count).Select(i => StateAt(i, varies))]);

    private Ending StateAt(int index, bool varies) =>
        AtPlaces[^1][index].State(varies) is var last and not Ending.None
            ? last
            : AtPlaces.Select(place => place[index].State(varies)).FirstOrDefault(state => state is Ending.NotANumber or Ending.Overflow);

    /// <summary>How a simulation of a described network ended, place by place: a dead branch does not end it while the skip connection is alive.</summary>
    /// <param name="places">Its places.</param>
    /// <param name="batchSize">Images in a batch.</param>
    internal MappingEnd End(RecordedPlaces places, int batchSize) =>
        MappingEnd.Find(places.Depths, [.. places.Places.Select((place, i) => AtPlaces[i][0].State(place.Shape.Positions * batchSize > 1))]);

    /// <summary>Whether another simulation has the same moments, bit for bit.</summary>
    internal bool IsIdenticalTo(SimulationMoments other) =>
        Mu2InputSignal.Equals(other.Mu2InputSignal)
        && AtDepth0 == other.AtDepth0
        && DiedAtDepth == other.DiedAtDepth
        && AtPlaces.Zip(other.AtPlaces).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))
        && (LogGradients ?? []).SelectMany(place => place).SequenceEqual((other.LogGradients ?? []).SelectMany(place => place));
}
