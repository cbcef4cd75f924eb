using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Which points of a batch a layer's outputs depend on, apart from batch norm.</summary>
internal static class PointMixing
{
    /// <summary>Whether outputs at a position depend on other positions of the same input.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input.</param>
    /// <returns>True if so.</returns>
    public static bool MixesPositions(Layers layers, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers)
        {
            var mixes = layer switch
            {
                BatchNorm => false,
                Residual residual => MixesPositions(residual.Branch, shape) || MixesPositions(residual.Skip, shape),
                Repeat repeat => MixesPositions(repeat.Unit, shape),
                Convolution { Kernel: > 1 } => true,
                _ => (shape.Positions > 1 || layer is Attention or InstanceNorm) && Facts.CouplingOf([layer]) != Coupling.None,
            };
            if (mixes)
            {
                return true;
            }

            shape = layer.OutputOf(shape);
        }

        return false;
    }

    /// <summary>Whether statistics of the batch enter.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>True if there is a batch norm.</returns>
    public static bool MixesInputs(Layers layers) => Facts.CouplingOf(layers) == Coupling.Batch;
}
