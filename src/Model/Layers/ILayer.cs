using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>One step of the propagation: it turns the current signal and noise into the next.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface ILayer<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Propagates signal and noise through the layer.</summary>
    /// <param name="state">Holds the current signal and noise, and receives the next.</param>
    void Propagate(PropagationState<T> state);
}
