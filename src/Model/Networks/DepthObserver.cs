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
        observer.Observe(place.Depth, new UnitPlace(place.Number, KindOf(place)), values);

    private static UnitPlaceKind KindOf(Networks.Place place) =>
        place.After switch
        {
            null => UnitPlaceKind.Before,
            Networks.Convolution or Networks.Dense => UnitPlaceKind.Convolution,
            Networks.BatchNorm => UnitPlaceKind.BatchNorm,
            Networks.Activation => UnitPlaceKind.Relu,
            Networks.Residual => UnitPlaceKind.Addition,
            _ => throw new Networks.UnknownLayerException(place.After),
        };
}
