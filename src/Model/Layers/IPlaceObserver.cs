using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Receives signal and noise while they are propagated.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IPlaceObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether a place is observed.</summary>
    /// <param name="index">Its index in the network's places.</param>
    /// <param name="place">The place.</param>
    /// <returns>True if <see cref="Observe"/> is to be called there.</returns>
    bool Observes(int index, Networks.Place place);

    /// <summary>Receives signal and noise at a place; they are overwritten after the call.</summary>
    /// <param name="index">Index of the place in the network's places; places are reported in their order.</param>
    /// <param name="place">The place.</param>
    /// <param name="values">Signal and noise there.</param>
    void Observe(int index, Networks.Place place, SignalAndNoise<T> values);
}
