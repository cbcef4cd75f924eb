namespace Wellbehaved.Audit;

/// <summary>The origin of a subject's weights.</summary>
public abstract record Weights
{
    private Weights() { }

    /// <summary>Weights that the auditor gives.</summary>
    /// <param name="Kernels">
    /// The weights of each convolution in the order of propagation, ordered (kernel row, kernel column, input channel, output channel) with the last index
    /// running fastest. For a described network, all its parameters in the order of <see cref="Networks.ParameterList"/>.
    /// </param>
    public sealed record Given(IReadOnlyList<double[]> Kernels) : Weights;

    /// <summary>The subject's own initialisation.</summary>
    /// <param name="Seed">The seed, below 2⁵³.</param>
    /// <param name="Simulation">Index of the simulation; another simulation has other, independent weights.</param>
    public sealed record Own(ulong Seed, uint Simulation) : Weights;
}
