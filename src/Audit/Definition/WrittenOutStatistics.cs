namespace Wellbehaved.Audit;

/// <summary>Mean and sqrt(σ² + ε) of each channel over a batch, of every batch norm in the order of propagation.</summary>
internal sealed class WrittenOutStatistics
{
    private readonly List<(double[] Means, double[] Deviations)> _measured = [];

    /// <summary>Keeps the statistics that a batch norm measured.</summary>
    public void Add(double[] means, double[] deviations) => _measured.Add((means, deviations));

    /// <summary>The statistics of a batch norm.</summary>
    /// <param name="norm">Number of batch norms before it.</param>
    public (double[] Means, double[] Deviations) Read(int norm) => _measured[norm];
}
