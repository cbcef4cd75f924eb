using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Lists a network as the steps of a pass: all repetitions, and residual layers as a branch, a skip connection and a sum.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class AdjointWalk<T> : NetworkWalk
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<AdjointNode<T>> _nodes = [];
    private readonly List<int> _signalOfPlace = [];
    private readonly AdjointFactory<T> _factory;
    private int _signal;
    private int _signals = 1;
    private int _depth;

    private AdjointWalk(Network network, AdjointFactory<T> factory)
        : base(network) => _factory = factory;

    /// <summary>The steps of a network.</summary>
    /// <returns>The steps, and for each place of the network the number of the signal that it shows.</returns>
    public static (AdjointNode<T>[] Nodes, int[] SignalOfPlace) Collect(Network network, AdjointFactory<T> factory)
    {
        var walk = new AdjointWalk<T>(network, factory);
        walk.Walk();
        return ([.. walk._nodes], [.. walk._signalOfPlace]);
    }

    /// <inheritdoc/>
    protected override void Sum(Residual residual, int unit, int units, Action branch, Action skip)
    {
        var (input, survival) = (_signal, _factory.Survival(residual));
        branch();
        var branchEnd = _signal;
        _signal = input;
        skip();
        var sum = new ResidualSum<T>(_factory.Tensor(Shape), residual.SkipScale.ValueAt(unit, units), residual.BranchScale.ValueAt(unit, units), survival);
        Add(null, sum, branchEnd);
    }

    /// <inheritdoc/>
    protected override void Pass(Layer layer, Shape input)
    {
        if (_factory.Make(layer, input) is { } made)
        {
            Add(made, null, -1);
        }
    }

    /// <inheritdoc/>
    protected override void Show(int index, Networks.Place place)
    {
        _depth = place.Depth;
        _signalOfPlace.Add(_signal);
    }

    private void Add(AdjointLayer<T>? layer, ResidualSum<T>? sum, int branch)
    {
        _nodes.Add(new(layer, sum, _signal, branch, _signals, _depth));
        _signal = _signals++;
    }
}
