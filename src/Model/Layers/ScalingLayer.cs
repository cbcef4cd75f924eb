using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Multiplies signal and noise by a number.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="factor">The number.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class ScalingLayer<T>(double factor, int threads) : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ScaledFactor<T> _factor = new(factor);

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state) => _factor.Apply(state.Current, threads);

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer works in place and owns no memory.
    }
}
