using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A step of a pass: a layer that computes one signal from another, or the sum at the end of a residual layer.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="Layer">The layer; null for a sum.</param>
/// <param name="Sum">The sum; null for a layer.</param>
/// <param name="Source">Number of the signal that it reads; for a sum, that of the skip connection.</param>
/// <param name="Branch">For a sum, the number of the branch's signal; -1 otherwise.</param>
/// <param name="Target">Number of the signal that it writes. Signals are numbered in the order in which they are written; 0 is the input.</param>
/// <param name="Depth">The unit that it belongs to.</param>
internal sealed record AdjointNode<T>(AdjointLayer<T>? Layer, ResidualSum<T>? Sum, int Source, int Branch, int Target, int Depth)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
