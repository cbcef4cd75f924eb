namespace Wellbehaved.Networks;

/// <summary>
/// Walks through a network in the order of propagation and reports what is at each of its places. All repetitions are visited, a branch before its skip
/// connection and both before their sum. Derived classes interpret the layers.
/// </summary>
/// <remarks>Each place that is reached is compared with the next place of the description.</remarks>
internal abstract class NetworkWalk(Network network)
{
    private int _reached;

    /// <summary>Shape of the output of the last layer.</summary>
    protected Shape Shape { get; private set; } = network.Input;

    /// <summary>Walks through the whole network.</summary>
    /// <exception cref="InvalidOperationException">The reached places are not those that the description lists, which is a defect.</exception>
    protected void Walk()
    {
        Stack(network.Layers, 0, 1);
        if (_reached != network.Places.Count)
        {
            throw new InvalidOperationException($"expected {network.Places.Count} places, got {_reached}");
        }
    }

    /// <summary>Passes a layer that is neither a repeat nor a residual layer; its input has the given shape.</summary>
    protected abstract void Pass(Layer layer, Shape input);

    /// <summary>
    /// Passes a residual layer in a unit of a stack. Calling first <c>branch</c> and then <c>skip</c> walks through them; both begin at the residual layer's
    /// input.
    /// </summary>
    protected abstract void Sum(Residual residual, int unit, int units, Action branch, Action skip);

    /// <summary>Called where a unit of a stack begins; the place before the unit is reached next.</summary>
    protected virtual void Enter() { }

    /// <summary>Called at a place, which shows the output of the last layer.</summary>
    /// <param name="index">Index of the place.</param>
    /// <param name="place">The place.</param>
    protected abstract void Show(int index, Place place);

    /// <summary>Passes layers outside of every unit.</summary>
    private void Stack(Layers layers, int unit, int units)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat when repeat.Unit.Any(inner => inner is Repeat):
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Stack(repeat.Unit, repetition, repeat.Times);
                    }

                    break;
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Enter();
                        Reach(PlaceKind.Before, null);
                        Unit(repeat.Unit, shown: true, repetition, repeat.Times);
                    }

                    break;
                case Residual:
                    Enter();
                    Reach(PlaceKind.Before, null);
                    Unit([layer], shown: true, unit, units);
                    break;
                default:
                    PassOne(layer, shown: true);
                    break;
            }
        }
    }

    /// <summary>Passes layers of a unit, of a branch or of a skip connection.</summary>
    private void Unit(Layers layers, bool shown, int unit, int units)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Unit(repeat.Unit, shown && repetition == 0, repetition, repeat.Times);
                    }

                    break;
                case Residual residual:
                    SumOne(residual, shown, unit, units);
                    break;
                default:
                    PassOne(layer, shown);
                    break;
            }
        }
    }

    private void SumOne(Residual residual, bool shown, int unit, int units)
    {
        var input = Shape;
        Sum(residual, unit, units, Branch, Skip);
        if (shown)
        {
            Reach(PlaceKind.After, residual);
        }

        void Branch()
        {
            Unit(residual.Branch, shown, unit, units);

            // A residual layer inside the branch has a place for its sum, so this place is the end of this layer's own branch.
            if (shown && network.Places[_reached].Kind == PlaceKind.BranchEnd)
            {
                Reach(PlaceKind.BranchEnd, null);
            }
        }

        void Skip()
        {
            Shape = input;
            Unit(residual.Skip, shown, unit, units);
        }
    }

    private void PassOne(Layer layer, bool shown)
    {
        var input = Shape;
        Shape = layer.OutputOf(input);
        Pass(layer, input);
        if (shown && layer is not Flatten)
        {
            Reach(PlaceKind.After, layer);
        }
    }

    private void Reach(PlaceKind kind, Layer? after)
    {
        var place = network.Places[_reached];
        if (place.Kind != kind || place.Shape != Shape || (after is not null && !ReferenceEquals(place.After, after)))
        {
            throw new InvalidOperationException($"expected the place {place} of {place.Shape}, got {kind} {after?.Word} of {Shape}");
        }

        Show(_reached++, place);
    }
}
