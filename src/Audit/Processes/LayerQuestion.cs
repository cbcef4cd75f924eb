namespace Wellbehaved.Audit;

/// <summary>A question of protocol 2: a network spelled out, its input, and what is to be shown.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">Number of images in a batch.</param>
/// <param name="Noise"><c>mapping</c> or <c>full</c>.</param>
/// <param name="Inputs">Signal and noise of each simulation (images × positions × channels).</param>
internal sealed record LayerQuestion(SpelledOutNetwork Network, int Images, string Noise, IReadOnlyList<Batch> Inputs)
{
    /// <summary>The parameters of the mapping in the order of propagation; null if the subject draws its own.</summary>
    public IReadOnlyList<LayerParameter>? Parameters { get; init; }

    /// <summary>The seed and the first simulation, if the subject draws its own parameters.</summary>
    public Weights.Own First { get; init; } = new(0, 0);

    /// <summary>Numbers of the places that are to be shown, in ascending order.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>Whether tensors are wanted.</summary>
    public bool Tensors { get; init; } = true;

    /// <summary>The moments that are wanted; none if the network has no place that could have moments, as when it consists of a flatten alone.</summary>
    public IReadOnlyList<string> Moments
    {
        get => Places.Count > 0 ? field : [];
        init;
    } = [];
}

/// <summary>A subject's answer for one place.</summary>
/// <param name="Simulation">Index of the simulation, among those that were asked for.</param>
/// <param name="Place">Number of the place.</param>
/// <param name="Signal">The signal; empty if no tensors were wanted.</param>
/// <param name="Noise">The noise; empty if no tensors were wanted.</param>
/// <param name="Moments">The moments.</param>
internal sealed record LayerAnswer(int Simulation, int Place, double[] Signal, double[] Noise, Func<ReportedMoments> Moments);
