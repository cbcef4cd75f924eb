using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Writes a network out as stages: all repetitions, with residuals as a beginning, a branch, a skip and a sum.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>Places are numbered as they are reached, in the order in which the description lists them; each is compared with it.</remarks>
internal sealed class StageWalk<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<Stage<T>> _stages = [];
    private readonly LayerFactory<T> _factory;
    private readonly IReadOnlyList<Networks.Place> _places;
    private readonly StageMemory _memory;
    private int _nextPlace;
    private int _depth;
    private Shape _shape;

    private StageWalk(Network network, LayerFactory<T> factory)
    {
        (_factory, _places, _shape) = (factory, network.Places, network.Input);
        _memory = new(factory.Tensor(network.Input).Elements);
    }

    /// <summary>The stages of a network, and the memory that they need.</summary>
    public static (Stage<T>[] Stages, StageMemory Memory) Of(Network network, LayerFactory<T> factory)
    {
        var walk = new StageWalk<T>(network, factory);
        walk.Stack(network.Layers, 0, 1);
        if (walk._nextPlace != network.Places.Count)
        {
            throw new InvalidOperationException($"expected {network.Places.Count} places, got {walk._nextPlace}");
        }

        return (walk.Finished(), walk._memory);
    }

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
                        Unit(repeat.Unit, shown: true, repetition, repeat.Times);
                    }

                    break;
                case Residual:
                    Enter();
                    Unit([layer], shown: true, unit, units);
                    break;
                default:
                    Pass(layer, shown: true);
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
                    Branch(residual, shown, unit, units);
                    break;
                default:
                    Pass(layer, shown);
                    break;
            }
        }
    }

    private void Branch(Residual residual, bool shown, int unit, int units)
    {
        var input = _shape;
        Add(_factory.Start(residual, input));
        _memory.Hold();
        Unit(residual.Branch, shown, unit, units);
        if (shown && _places[_nextPlace].Kind == Networks.PlaceKind.BranchEnd)
        {
            // A shown residual has a place for its sum, so this one can only be the end of its own branch.
            Reach(Networks.PlaceKind.BranchEnd, null);
        }

        if (residual.Skip.Count > 0)
        {
            _shape = input;
            Add(_factory.SkipStart());
            _memory.Exchange();
            Unit(residual.Skip, shown, unit, units);
        }

        _memory.Release(_factory.Tensor(_shape).Elements);
        Add(_factory.End(residual, unit, units));
        if (shown)
        {
            Reach(Networks.PlaceKind.After, residual);
        }
    }

    private void Pass(Layer layer, bool shown)
    {
        var input = _shape;
        var computing = _factory.Make(layer, input);
        _shape = layer.OutputOf(input);
        Add(computing);
        if (computing is not null)
        {
            _memory.Pass(_factory.Tensor(input).Elements, _factory.Tensor(_shape).Elements, writes: layer is not Flatten, elsewhere: computing is ISparesInput);
        }

        if (shown && layer is not Flatten)
        {
            Reach(Networks.PlaceKind.After, layer);
        }
    }

    private void Add(ILayer<T>? layer) => _stages.Add(new(layer, Stage<T>.NoPlace, _depth));

    private void Enter()
    {
        Add(null);
        Reach(Networks.PlaceKind.Before, null);
    }

    /// <summary>The last stage leads to the next place.</summary>
    private void Reach(Networks.PlaceKind kind, Layer? after)
    {
        var place = _places[_nextPlace];
        if (place.Kind != kind || place.Shape != _shape || (after is not null && !ReferenceEquals(place.After, after)))
        {
            throw new InvalidOperationException($"expected the place {place} of {place.Shape}, got {kind} {after?.Word} of {_shape}");
        }

        _depth = place.Depth;
        _stages[^1] = _stages[^1] with { Place = _nextPlace++, Depth = _depth };
    }

    private Stage<T>[] Finished()
    {
        for (var i = 0; i < _stages.Count; i++)
        {
            var (stage, next) = (_stages[i], i + 1 < _stages.Count ? _stages[i + 1] : default(Stage<T>?));
            _stages[i] = stage with
            {
                EndsUnit = stage.Depth > 0 && (next is null || next.Value.Depth > stage.Depth),
                WithNext = stage.Layer is BatchNorm<T> norm && next?.Layer is Relu<T> ? norm.PropagateThroughRelu : null,
            };
        }

        return [.. _stages];
    }
}
