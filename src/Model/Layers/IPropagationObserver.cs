using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Somebody who looks at signal and noise on their way through a network.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IPropagationObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether the places of a depth are to be shown.</summary>
    /// <param name="depth">Layer or residual unit from 1 on; 0 is the output of the first convolution.</param>
    /// <returns>True to be called at each of its places.</returns>
    bool Observes(int depth);

    /// <summary>Looks at signal and noise, which are overwritten later.</summary>
    /// <param name="depth">Layer or residual unit.</param>
    /// <param name="place">The place within it.</param>
    /// <param name="values">Signal and noise there.</param>
    void Observe(int depth, Place place, SignalAndNoise<T> values);
}
