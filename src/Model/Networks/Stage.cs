using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A step of the propagation through a network, all repetitions counted.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="Layer">What is computed; null for nothing.</param>
/// <param name="Place">Index of the place after it; <see cref="NoPlace"/> if there is none.</param>
/// <param name="Depth">The unit that it belongs to; 0 before the first one.</param>
internal readonly record struct Stage<T>(ILayer<T>? Layer, int Place, int Depth)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Stands where nothing can be looked at.</summary>
    public const int NoPlace = -1;

    /// <summary>Whether the stage is the last one of its unit.</summary>
    public bool EndsUnit { get; init; }

    /// <summary>This stage and the next in one pass over memory, for when nobody looks at the place between them; null if they cannot be.</summary>
    public Action<PropagationState<T>>? WithNext { get; init; }
}
