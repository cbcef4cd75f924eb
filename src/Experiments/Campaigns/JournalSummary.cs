namespace Wellbehaved.Experiments;

/// <summary>How far a run is whose records are of another kind than simulations of an experiment: <c>train</c>, or an ONNX file.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Kind">What is done with it, in a few words.</param>
/// <param name="Unit">What a record holds, in one or two words.</param>
/// <param name="Finished">Number of whole records, each once.</param>
/// <param name="Total">Number of records at the end.</param>
internal sealed record JournalSummary(string Network, string Kind, string Unit, int Finished, int Total)
{
    /// <summary>Training at several learning rates.</summary>
    public static JournalSummary OfTraining(string network, int rates, int finished, int total) =>
        new(network, $"trained at {Counted.Spell(rates, "learning rate")}", "training run", finished, total);

    /// <summary>Mappings of an ONNX file.</summary>
    public static JournalSummary OfOnnx(string network, int places, int finished, int total) =>
        new(network, $"an ONNX file, {Counted.Spell(places, "place")}", "mapping", finished, total);
}
