using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Makes the changes of units that the advice suggests.</summary>
internal static class UnitChange
{
    /// <summary>The unit as the branch of a residual sum, rotated so that it ends with its last layer with weights.</summary>
    /// <param name="unit">The layers of a unit.</param>
    /// <param name="scale">α.</param>
    /// <param name="norm">A norm to begin the branch with; null if the unit has a norm of its own, or needs none.</param>
    /// <returns>The unit; null without weights, or where the unit's own norm cannot be moved to the beginning.</returns>
    public static Layers? AsBranch(IReadOnlyList<Layer> unit, ResidualScale scale, Norm? norm = null)
    {
        var last = unit.Count - 1;
        while (last >= 0 && unit[last] is not (Dense or Convolution))
        {
            last--;
        }

        if (last < 0)
        {
            return null;
        }

        List<Layer> turned = [.. unit.Skip(last + 1), .. unit.Take(last + 1)];
        if (norm is not null)
        {
            turned.Insert(0, norm);
        }
        else if (turned.OfType<Norm>().ToArray() is [var own] && turned[0] is not Norm)
        {
            // The unit's only norm is moved to the beginning.
            turned.Remove(own);
            turned.Insert(0, own);
        }

        return turned.Any(layer => layer is Norm) && turned[0] is not Norm ? null : [new Residual([.. turned]) { BranchScale = scale }];
    }

    /// <summary>The unit with other variances of weights and biases.</summary>
    public static Layers WithParameters(Layers unit, Func<Initialisation, Initialisation> change) =>
        [
            .. unit.Select(layer =>
                layer switch
                {
                    Dense dense => dense with { Parameters = change(dense.Parameters) },
                    Convolution convolution => convolution with { Parameters = change(convolution.Parameters) },
                    Repeat repeat => repeat with { Unit = WithParameters(repeat.Unit, change) },
                    Residual residual => residual with { Branch = WithParameters(residual.Branch, change), Skip = WithParameters(residual.Skip, change) },
                    Attention or Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => layer,
                    _ => throw new UnknownLayerException(layer),
                }
            ),
        ];
}
