using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Looks at gradients while they pass backward.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGradientObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Looks at the gradient at a place, with everything that later layers contribute to it; places come from the end of the network to its beginning.
    /// </summary>
    /// <param name="index">Index of the place in the network's places.</param>
    /// <param name="place">The place.</param>
    /// <param name="stored">The gradient (points × channels) in units of 2 to the power of <paramref name="exponent"/>; overwritten later.</param>
    /// <param name="exponent">The power of two.</param>
    void Observe(int index, Networks.Place place, ReadOnlySpan<T> stored, int exponent);
}
