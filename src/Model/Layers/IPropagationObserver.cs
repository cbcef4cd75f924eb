using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Receives signal and noise while they are propagated through a network.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IPropagationObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether the places of a depth are observed.</summary>
    /// <param name="depth">Layer or residual unit from 1 on; 0 is the output of the first convolution.</param>
    /// <returns>True if <see cref="Observe"/> is to be called at each of its places.</returns>
    bool Observes(int depth);

    /// <summary>Receives signal and noise at a place; they are overwritten after the call.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="place">The place within it.</param>
    /// <param name="values">Signal and noise there.</param>
    void Observe(int depth, UnitPlace place, SignalAndNoise<T> values);
}
