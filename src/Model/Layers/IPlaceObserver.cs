using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Looks at signal and noise while they propagate.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IPlaceObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether a place is to be shown.</summary>
    /// <param name="index">Its index in the network's places.</param>
    /// <param name="place">The place.</param>
    /// <returns>True to be called there.</returns>
    bool Observes(int index, Networks.Place place);

    /// <summary>Looks at signal and noise, which are overwritten later.</summary>
    /// <param name="index">Index of the place in the network's places; places come in their order.</param>
    /// <param name="place">The place.</param>
    /// <param name="values">Signal and noise there.</param>
    void Observe(int index, Networks.Place place, SignalAndNoise<T> values);
}
