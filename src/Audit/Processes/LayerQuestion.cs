namespace Wellbehaved.Audit;

/// <summary>What protocol 2 asks for: a network spelled out, what goes through it, and what is to be shown.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">Images of a batch.</param>
/// <param name="Noise"><c>mapping</c> or <c>full</c>.</param>
/// <param name="Inputs">Signal and noise of each simulation (images × positions × channels).</param>
internal sealed record LayerQuestion(SpelledOutNetwork Network, int Images, string Noise, IReadOnlyList<Batch> Inputs)
{
    /// <summary>The parameters of the mapping in the order of propagation; null where the subject draws its own.</summary>
    public IReadOnlyList<LayerParameter>? Parameters { get; init; }

    /// <summary>The seed and the first simulation, where the subject draws its own parameters.</summary>
    public Weights.Own First { get; init; } = new(0, 0);

    /// <summary>Numbers of the places that are to be shown, ascending.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>Whether tensors are wanted.</summary>
    public bool Tensors { get; init; } = true;

    /// <summary>The moments that are wanted; none where there is no place that they would be those of, as in a network of a flatten alone.</summary>
    public IReadOnlyList<string> Moments
    {
        get => Places.Count > 0 ? field : [];
        init;
    } = [];
}

/// <summary>What a subject shows of one place.</summary>
/// <param name="Simulation">Of which of the simulations that were asked for.</param>
/// <param name="Place">Number of the place.</param>
/// <param name="Signal">The signal; empty if no tensors were wanted.</param>
/// <param name="Noise">The noise; empty if no tensors were wanted.</param>
/// <param name="Moments">The moments.</param>
internal sealed record LayerAnswer(int Simulation, int Place, double[] Signal, double[] Noise, Func<ReportedMoments> Moments);
