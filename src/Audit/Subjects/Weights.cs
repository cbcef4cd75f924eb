namespace Wellbehaved.Audit;

/// <summary>The origin of a subject's weights.</summary>
public abstract class Weights
{
    private Weights() { }

    /// <summary>Weights that the auditor gives.</summary>
    /// <param name="kernels">What <see cref="Kernels"/> holds.</param>
    public sealed class Given(IReadOnlyList<double[]> kernels) : Weights
    {
        /// <summary>
        /// The weights of each convolution in the order of propagation, ordered (kernel row, kernel column, input channel, output channel) with the last index
        /// running fastest. For a described network, all its parameters in the order of <see cref="Networks.ParameterList"/>.
        /// </summary>
        public IReadOnlyList<double[]> Kernels { get; } = kernels;
    }

    /// <summary>The subject's own initialisation; equal where seed and simulation are, so that it may be the key of a cache.</summary>
    /// <param name="seed">The seed, below 2⁵³.</param>
    /// <param name="simulation">Index of the simulation.</param>
    public sealed class Own(ulong seed, uint simulation) : Weights
    {
        /// <summary>The seed, below 2⁵³.</summary>
        public ulong Seed { get; } = seed;

        /// <summary>Index of the simulation; another simulation has other, independent weights.</summary>
        public uint Simulation { get; } = simulation;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Own other && (other.Seed, other.Simulation) == (Seed, Simulation);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Seed, Simulation);
    }
}
