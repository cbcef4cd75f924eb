namespace Wellbehaved.Audit;

/// <summary>Mean and sqrt(σ² + ε) of each channel over a batch, of every batch norm in the order of propagation.</summary>
internal sealed class WrittenOutStatistics
{
    private readonly List<(double[] Means, double[] Deviations)> _measured = [];

    /// <summary>Keeps what a batch norm measured.</summary>
    public void Add(double[] means, double[] deviations) => _measured.Add((means, deviations));

    /// <summary>What a batch norm measured.</summary>
    /// <param name="norm">How many batch norms came before it.</param>
    public (double[] Means, double[] Deviations) Read(int norm) => _measured[norm];
}
