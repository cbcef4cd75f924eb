using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Walks through a network with a state of some type and reports it at each place, in order; null after the layer where theory ends.</summary>
/// <remarks>
/// The order is that of <see cref="Network.Places"/>: a branch before its skip, and both before their sum; of repetitions within a unit only the first is
/// shown.
/// </remarks>
/// <typeparam name="T">The type that represents signal and noise.</typeparam>
internal abstract class PlaceStates<T>(Action<T?> show, CancellationToken cancellation)
    where T : class
{
    /// <summary>Where theory ends; null if it reaches the output.</summary>
    private TheoryEnd? End { get; set; }

    /// <summary>The state of the output; null where theory does not reach it.</summary>
    protected T? Output { get; private set; }

    /// <summary>Walks through a network.</summary>
    /// <param name="layers">Its layers.</param>
    /// <param name="input">The state of its input.</param>
    /// <returns>Where theory ends; null if it reaches the output.</returns>
    protected TheoryEnd? Walk(Layers layers, T input)
    {
        Output = Stack(layers, input, Unit.Alone, LayerPath.Root);
        return End;
    }

    /// <summary>Applies a layer that contains no other layers.</summary>
    /// <exception cref="NoTheoryException">Theory has no law for it.</exception>
    protected abstract T Apply(Layer layer, T state);

    /// <summary>Adds a branch to its skip connection.</summary>
    /// <exception cref="NoTheoryException">Theory has no law for the sum.</exception>
    protected abstract T Sum(Residual residual, T skip, T? branch, Unit unit);

    /// <summary>Rescales the state at the beginning of a unit, so that its numbers neither overflow nor underflow.</summary>
    protected abstract T Rescaled(T state);

    private T? Stack(Layers layers, T? state, Unit unit, string path)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, here) = (layers[i], LayerPath.Write(path, i, layers[i]));
            switch (layer)
            {
                case Repeat repeat when repeat.Unit.Any(inner => inner is Repeat):
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        state = Stack(repeat.Unit, state, new Unit(repetition, repeat.Times), LayerPath.Within(here, "unit"));
                    }

                    break;
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        state = Units(repeat.Unit, Enter(state), new Unit(repetition, repeat.Times), LayerPath.Within(here, "unit"), shown: true);
                    }

                    break;
                case Residual residual:
                    state = Add(residual, Enter(state), unit, here, shown: true);
                    break;
                default:
                    state = Pass(layer, layer is (Convolution or Dense or Attention) && state is not null ? Rescaled(state) : state, here, shown: true);
                    break;
            }
        }

        return state;
    }

    private T? Enter(T? state)
    {
        cancellation.ThrowIfCancellationRequested();
        var rescaled = state is null ? null : Rescaled(state);
        show(rescaled);
        return rescaled;
    }

    private T? Units(Layers layers, T? state, Unit unit, string path, bool shown)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var here = LayerPath.Write(path, i, layers[i]);
            switch (layers[i])
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        state = Units(repeat.Unit, state, new Unit(repetition, repeat.Times), LayerPath.Within(here, "unit"), shown && repetition == 0);
                    }

                    break;
                case Residual residual:
                    state = Add(residual, state, unit, here, shown);
                    break;
                default:
                    state = Pass(layers[i], state, here, shown);
                    break;
            }
        }

        return state;
    }

    private T? Add(Residual residual, T? state, Unit unit, string path, bool shown)
    {
        // A branch with scale 0 has no effect: theory may end inside of it and go on after it.
        var (silent, end) = (ResidualMap.IsSilent(residual, unit), End);
        var branch = Units(residual.Branch, state, unit, LayerPath.Within(path, "branch"), shown);
        End = silent ? end : End;
        if (shown && PlaceWalk.EndsInRepetition(residual.Branch))
        {
            show(branch);
        }

        var skip = Units(residual.Skip, state, unit, LayerPath.Within(path, "skip"), shown);
        var sum = skip is null || (branch is null && !silent) ? null : Try(residual, path, () => Sum(residual, skip, branch, unit));
        if (shown)
        {
            show(sum);
        }

        return sum;
    }

    private T? Pass(Layer layer, T? state, string path, bool shown)
    {
        cancellation.ThrowIfCancellationRequested();
        var after = state is null ? null : Try(layer, path, () => Apply(layer, state));
        if (shown && layer is not Flatten)
        {
            show(after);
        }

        return after;
    }

    private T? Try(Layer layer, string path, Func<T> apply)
    {
        try
        {
            return apply();
        }
        catch (NoTheoryException refusal)
        {
            End ??= new TheoryEnd(path, layer, refusal.Reason) { Kind = refusal.Kind };
            return null;
        }
    }
}
