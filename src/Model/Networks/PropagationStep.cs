using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A step of the propagation through a network; each repetition has its own steps.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="Layer">The layer that is computed; null for none.</param>
/// <param name="Place">Index of the place after it; <see cref="NoPlace"/> if there is none.</param>
/// <param name="Depth">The unit that it belongs to; 0 before the first one.</param>
internal readonly record struct PropagationStep<T>(ILayer<T>? Layer, int Place, int Depth)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value for a step without a place.</summary>
    public const int NoPlace = -1;

    /// <summary>Whether the step is the last one of its unit.</summary>
    public bool EndsUnit { get; init; }

    /// <summary>Computes this step and the next in one pass over memory, if the place between them is not observed; null if that is not possible.</summary>
    public Action<PropagationState<T>>? WithNext { get; init; }
}
