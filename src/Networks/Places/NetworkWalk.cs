namespace Wellbehaved.Networks;

/// <summary>
/// Goes through a network in the order of propagation, with all repetitions written out, a branch before its skip and both before their sum, and says
/// what is at each of its places. What layers do is for those who derive from it.
/// </summary>
/// <remarks>Each place that is reached is compared with the description's next one.</remarks>
internal abstract class NetworkWalk(Network network)
{
    private int _reached;

    /// <summary>Shape of the features that the last layer has given.</summary>
    protected Shape Shape { get; private set; } = network.Input;

    /// <summary>Goes through the whole network.</summary>
    /// <exception cref="InvalidOperationException">The places that were reached are not those that the description lists: a defect.</exception>
    protected void Walk()
    {
        Stack(network.Layers, 0, 1);
        if (_reached != network.Places.Count)
        {
            throw new InvalidOperationException($"expected {network.Places.Count} places, got {_reached}");
        }
    }

    /// <summary>A layer that is neither a repeat nor a residual reads features of a shape.</summary>
    protected abstract void Pass(Layer layer, Shape input);

    /// <summary>
    /// A residual in the unit of a stack; its branch and its skip, which both begin at the residual's input, are gone through by calling them, in this order.
    /// </summary>
    protected abstract void Sum(Residual residual, int unit, int units, Action branch, Action skip);

    /// <summary>A unit of a stack begins, and the place before it is reached next.</summary>
    protected virtual void Enter() { }

    /// <summary>What the last layer has given is what the next place shows.</summary>
    /// <param name="index">Index of the place.</param>
    /// <param name="place">The place.</param>
    protected abstract void Show(int index, Place place);

    /// <summary>Layers outside of every unit.</summary>
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

    /// <summary>Layers of a unit, of a branch or of a skip.</summary>
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

            // A shown residual has a place for its sum, so this one can only be the end of its own branch.
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
