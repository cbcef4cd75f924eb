using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Walks through a network with kernels and reports the predicted state at its places.</summary>
internal sealed class KernelStates : PlaceStates<KernelState>
{
    private readonly bool _rescalesSignal;

    private KernelStates(bool rescalesSignal, Action<KernelState?> show, CancellationToken cancellation)
        : base(show, cancellation) => _rescalesSignal = rescalesSignal;

    /// <summary>Walks through a network.</summary>
    /// <param name="layers">Its layers.</param>
    /// <param name="input">The state of its input.</param>
    /// <param name="show">Receives the state at each place; null after the end of theory.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Where theory ends; null if it reaches the output.</returns>
    public static TheoryEnd? Walk(Layers layers, KernelState input, Action<KernelState?> show, CancellationToken cancellation) =>
        // In a network that is homogeneous as a whole, kernels may be rescaled anywhere.
        new KernelStates(Facts.DegreeOf(layers) == 1, show, cancellation).Walk(layers, input);

    /// <inheritdoc/>
    protected override KernelState Apply(Layer layer, KernelState state) => Sound(layer, LayerMap.Apply(layer, state));

    /// <inheritdoc/>
    protected override KernelState Sum(Residual residual, KernelState skip, KernelState? branch, Unit unit) =>
        Sound(residual, ResidualMap.Sum(residual, skip, branch, unit));

    /// <inheritdoc/>
    protected override KernelState Rescaled(KernelState state) => state.Rescaled(_rescalesSignal);

    /// <summary>Ends theory where double precision is exceeded, since a deep or extreme network is not an error of the call.</summary>
    /// <exception cref="NoTheoryException">A variance overflows, or rounding hides the differences between the points.</exception>
    internal static KernelState Sound(Layer layer, KernelState state)
    {
        foreach (var (kernel, whose) in new[] { (state.Signal, "signal"), (state.Noise, "noise") })
        {
            if (kernel is not null && KernelMatrix.WhyNone(kernel) is { } fault)
            {
                throw NoTheoryException.OfPrecision(
                    layer,
                    fault.Overflows
                        ? $"a variance of the {whose} after it is beyond double precision"
                        : $"after it, the differences between points of the {whose} are smaller than rounding errors of double precision"
                );
            }
        }

        return state;
    }
}
