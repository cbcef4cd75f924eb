using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Lists a network as steps: all repetitions, and residual layers as a beginning, a branch, a skip connection and a sum.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class PropagationStepWalk<T> : NetworkWalk
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<PropagationStep<T>> _steps = [];
    private readonly LayerFactory<T> _factory;
    private readonly PropagationStepMemory _memory;
    private int _depth;

    private PropagationStepWalk(Network network, LayerFactory<T> factory)
        : base(network) => (_factory, _memory) = (factory, new(factory.Tensor(network.Input).Elements));

    /// <summary>The steps of a network, and the memory that they need.</summary>
    public static (PropagationStep<T>[] Steps, PropagationStepMemory Memory) Collect(Network network, LayerFactory<T> factory)
    {
        var walk = new PropagationStepWalk<T>(network, factory);
        walk.Walk();
        return (walk.Finished(), walk._memory);
    }

    /// <inheritdoc/>
    protected override void Sum(Residual residual, int unit, int units, Action branch, Action skip)
    {
        Add(_factory.Start(residual, Shape));
        _memory.Hold();
        branch();
        if (residual.Skip.Count > 0)
        {
            Add(_factory.SkipStart());
            _memory.Exchange();
        }

        skip();
        _memory.Release(_factory.Tensor(Shape).Elements);
        Add(_factory.End(residual, unit, units));
    }

    /// <inheritdoc/>
    protected override void Pass(Layer layer, Shape input)
    {
        var computing = _factory.Make(layer, input);
        Add(computing);
        if (computing is not null)
        {
            _memory.Pass(_factory.Tensor(input).Elements, _factory.Tensor(Shape).Elements, writes: layer is not Flatten, elsewhere: computing is ISparesInput);
        }
    }

    /// <inheritdoc/>
    protected override void Enter() => Add(null);

    /// <summary>Assigns the next place to the last step.</summary>
    protected override void Show(int index, Networks.Place place)
    {
        _depth = place.Depth;
        _steps[^1] = _steps[^1] with { Place = index, Depth = _depth };
    }

    private void Add(ILayer<T>? layer) => _steps.Add(new(layer, PropagationStep<T>.NoPlace, _depth));

    private PropagationStep<T>[] Finished()
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            var (step, next) = (_steps[i], i + 1 < _steps.Count ? _steps[i + 1] : default(PropagationStep<T>?));
            _steps[i] = step with
            {
                EndsUnit = step.Depth > 0 && (next is null || next.Value.Depth > step.Depth),
                WithNext = step.Layer is BatchNorm<T> norm && next?.Layer is Relu<T> ? norm.PropagateThroughRelu : null,
            };
        }

        return [.. _steps];
    }
}
