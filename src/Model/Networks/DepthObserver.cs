using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Reports the places of a described network to an observer that identifies a unit's places by number and kind.</summary>
internal sealed class DepthObserver<T>(IPropagationObserver<T> observer) : IPlaceObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public bool Observes(int index, Networks.Place place) => place.Kind != Networks.PlaceKind.BranchEnd && observer.Observes(place.Depth);

    /// <inheritdoc/>
    public void Observe(int index, Networks.Place place, SignalAndNoise<T> values) =>
        observer.Observe(place.Depth, new Place(place.Number, KindOf(place)), values);

    private static PlaceKind KindOf(Networks.Place place) =>
        place.After switch
        {
            null => PlaceKind.Before,
            Networks.Convolution or Networks.Dense => PlaceKind.Convolution,
            Networks.BatchNorm => PlaceKind.BatchNorm,
            Networks.Activation => PlaceKind.Relu,
            Networks.Residual => PlaceKind.Addition,
            _ => throw new Networks.UnknownLayerException(place.After),
        };
}
