using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Receives gradients while they pass backward.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGradientObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Receives the gradient at a place, after all later layers have contributed to it. Places are reported from the end of the network to its beginning.
    /// </summary>
    /// <param name="index">Index of the place in the network's places.</param>
    /// <param name="place">The place.</param>
    /// <param name="stored">The gradient (points × channels), in units of 2 to the power of <paramref name="exponent"/>; it is overwritten after the
    /// call.</param>
    /// <param name="exponent">The power of two.</param>
    void Observe(int index, Networks.Place place, ReadOnlySpan<T> stored, int exponent);
}
