namespace Wellbehaved.Experiments;

/// <summary>The moments of one simulation.</summary>
public sealed class SimulationMoments
{
    internal SimulationMoments(double mu2InputSignal, MomentSet atDepth0, MomentSet[][] atPlaces, int? diedAtDepth) =>
        (Mu2InputSignal, AtDepth0, AtPlaces, DiedAtDepth) = (mu2InputSignal, atDepth0, atPlaces, diedAtDepth);

    /// <summary>μ₂(x⁰), the variance of the input signal.</summary>
    public double Mu2InputSignal { get; }

    /// <summary>Moments of the output of the first convolution of an architecture.</summary>
    public MomentSet AtDepth0 { get; }

    /// <summary>Moments (places × computed depths); for a described network (recorded places × 1).</summary>
    public MomentSet[][] AtPlaces { get; }

    /// <summary>The first computed depth at which the whole signal was zero; null if it did not die.</summary>
    public int? DiedAtDepth { get; }

    /// <summary>
    /// Natural logarithms of the mean square of the gradient, at the same places and depths as <see cref="AtPlaces"/>; null where no gradients were computed.
    /// </summary>
    public double[][]? LogGradients { get; internal init; }

    /// <summary>The same moments with gradients.</summary>
    /// <param name="logGradients">What <see cref="LogGradients"/> holds.</param>
    internal SimulationMoments WithGradients(double[][] logGradients) => new(Mu2InputSignal, AtDepth0, AtPlaces, DiedAtDepth) { LogGradients = logGradients };

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
