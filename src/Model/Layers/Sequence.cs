using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Layers one after the other, each followed by a place.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class Sequence<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<(ILayer<T> Layer, UnitPlace? Place)> _layers = [];

    /// <summary>Builds the layers of the given steps and numbers the places after them.</summary>
    public Sequence(IEnumerable<Step> steps, NetworkBuilder<T> builder)
    {
        foreach (var step in steps)
        {
            var layer = step.Build(builder);
            _layers.Add((layer, builder.NextPlace(step.Kind)));
        }
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state) => Propagate(state, observe: true);

    /// <summary>Propagates, and reports the places on the way only if asked to.</summary>
    public void Propagate(PropagationState<T> state, bool observe)
    {
        var watched = observe && state.IsObserved;
        for (var i = 0; i < _layers.Count; i++)
        {
            var (layer, place) = _layers[i];
            if (!watched && layer is BatchNorm<T> norm && i + 1 < _layers.Count && _layers[i + 1].Layer is Relu<T>)
            {
                norm.PropagateThroughRelu(state);
                i++;
                continue;
            }

            layer.Propagate(state);
            if (watched && place is { } reached)
            {
                state.Observe(reached);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (layer, _) in _layers)
        {
            layer.Dispose();
        }
    }
}
