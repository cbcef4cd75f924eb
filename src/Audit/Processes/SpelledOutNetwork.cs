using System.Text.Json.Nodes;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// A network in the form of protocol 2: repeats are unrolled, every option has its value and every scale its number. So a program that reads it needs no
/// defaults, no counting of units and no rule of ours.
/// </summary>
/// <remarks>
/// Places are numbers: 0 is the input, and every layer's output has the next number in the order of propagation: the branch first, then the skip connection,
/// then their sum.
/// </remarks>
internal sealed class SpelledOutNetwork
{
    private readonly List<Shape> _shapes = [];
    private readonly List<int> _numbers = [];
    private int _current;

    private SpelledOutNetwork(Networks.Layers layers, Shape input)
    {
        _shapes.Add(Input = input);
        Layers = [];
        Stack(layers, Layers, null);
    }

    /// <summary>Shape of one input.</summary>
    public Shape Input { get; }

    /// <summary>The layers, each an object with one name.</summary>
    public JsonArray Layers { get; }

    /// <summary>Shape of the features of one input at each place, by its number.</summary>
    public IReadOnlyList<Shape> Shapes => _shapes;

    /// <summary>For each of <see cref="Network.Places"/> the number of the place that shows the same tensors.</summary>
    public IReadOnlyList<int> NumbersOfPlaces => _numbers;

    /// <summary>Spells out a network.</summary>
    public static SpelledOutNetwork SpellOut(Network network) => new(network.Layers, network.Input);

    /// <summary>Spells out layers that need not be a valid network: kernels may be larger than the image, as protocol 1 allows.</summary>
    public static SpelledOutNetwork SpellOut(Networks.Layers layers, Shape input) => new(layers, input);

    /// <summary>The network in the form of a request.</summary>
    public JsonObject ToJson() => new() { ["input"] = new JsonArray(Input.Height, Input.Width, Input.Channels), ["layers"] = Layers.DeepClone() };

    /// <summary>Spells out layers outside of every unit.</summary>
    private void Stack(Networks.Layers layers, JsonArray written, (int Unit, int Units)? stack)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Repetition(repeat.Unit, written, (repetition, repeat.Times));
                    }

                    break;
                case Residual:
                    _numbers.Add(_current);
                    Unit([layer], written, stack, shown: true);
                    break;
                default:
                    Pass(layer, written, shown: true);
                    break;
            }
        }
    }

    private void Repetition(Networks.Layers unit, JsonArray written, (int Unit, int Units) stack)
    {
        if (unit.Any(layer => layer is Repeat))
        {
            Stack(unit, written, stack);
            return;
        }

        _numbers.Add(_current);
        Unit(unit, written, stack, shown: true);
    }

    /// <summary>Spells out layers of a unit, of a branch or of a skip connection.</summary>
    private void Unit(Networks.Layers layers, JsonArray written, (int Unit, int Units)? stack, bool shown)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Unit(repeat.Unit, written, (repetition, repeat.Times), shown && repetition == 0);
                    }

                    break;
                case Residual residual:
                    Branches(residual, written, stack, shown);
                    break;
                default:
                    Pass(layer, written, shown);
                    break;
            }
        }
    }

    private void Branches(Residual residual, JsonArray written, (int Unit, int Units)? stack, bool shown)
    {
        var (input, branch, skip) = (_current, new JsonArray(), new JsonArray());
        Unit(residual.Branch, branch, stack, shown);
        if (shown && EndsInRepetition(residual.Branch) == true)
        {
            _numbers.Add(_current);
        }

        var shape = _shapes[_current];
        _current = input;
        Unit(residual.Skip, skip, stack, shown);
        var (unit, units) = stack ?? (0, 1);
        written.Add(
            new JsonObject
            {
                ["residual"] = new JsonObject
                {
                    ["branch"] = branch,
                    ["skip"] = skip,
                    ["branch_scale"] = residual.BranchScale.ValueAt(unit, units),
                    ["skip_scale"] = residual.SkipScale.ValueAt(unit, units),
                    ["survival"] = residual.Survival,
                },
            }
        );
        Show(shape, shown);
    }

    /// <summary>Whether the last layer with a place is repeated, so that its place shows another repetition; null if no layer has a place.</summary>
    private static bool? EndsInRepetition(Networks.Layers layers)
    {
        foreach (var layer in layers.Reverse())
        {
            switch (layer)
            {
                case Flatten:
                    break;
                case Repeat repeat:
                    if (EndsInRepetition(repeat.Unit) is { } repeated)
                    {
                        return repeated || repeat.Times > 1;
                    }

                    break;
                default:
                    return false;
            }
        }

        return null;
    }

    private void Pass(Layer layer, JsonArray written, bool shown)
    {
        var input = _shapes[_current];
        written.Add(new JsonObject { [layer.Word] = LayerOptions.Write(layer, input.Channels) });
        Show(OutputOf(layer, input), shown && layer is not Flatten);
    }

    private void Show(Shape shape, bool shown)
    {
        _shapes.Add(shape);
        _current = _shapes.Count - 1;
        if (shown)
        {
            _numbers.Add(_current);
        }
    }

    private static Shape OutputOf(Layer layer, Shape input) =>
        layer is Networks.Convolution convolution
            ? new(((input.Height - 1) / convolution.Stride) + 1, ((input.Width - 1) / convolution.Stride) + 1, convolution.Channels ?? input.Channels)
            : layer.OutputOf(input);
}
