using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>What a rule knows: a node, its inputs with their tangents, and where to write.</summary>
/// <remarks>A tangent has the type and shape of its value. A value without noise has none, and nothing is written for it.</remarks>
internal sealed class RuleContext(
    Graph graph,
    NodeProto node,
    Emitter emitter,
    IReadOnlyDictionary<string, TensorType> types,
    Dictionary<string, string> tangents,
    DerivativeOptions options
)
{
    /// <summary>The node, which a rule may change before it is written.</summary>
    public NodeProto Node => node;

    public Emitter Emitter => emitter;

    public DerivativeOptions Options => options;

    /// <summary>Type of the elements of the outputs.</summary>
    public int Type => TypeOf(node.Output.First(name => name.Length > 0)).Element;

    /// <summary>Type of the elements of an output; 0 if it is not asked for.</summary>
    public int OutputType(int i) => i < node.Output.Count ? TypeOf(node.Output[i]).Element : 0;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int i) => i < node.Input.Count && node.Input[i].Length > 0;

    /// <summary>An input.</summary>
    public Expression Input(int i) => new(emitter, node.Input[i], TypeOf(node.Input[i]).Element);

    /// <summary>An output.</summary>
    public Expression Output(int i = 0) => new(emitter, node.Output[i], Type);

    /// <summary>The tangent of an input; null where it has none.</summary>
    public Expression? Tangent(int i) => Has(i) && tangents.TryGetValue(node.Input[i], out var name) ? Input(i) with { Name = name } : null;

    /// <summary>The tangent of an input, or zeros of its shape.</summary>
    public Expression TangentOrZeros(int i) => Tangent(i) ?? ZerosAs(Input(i));

    /// <summary>Zeros of the shape of another value.</summary>
    public Expression ZerosAs(Expression other) => other with { Name = emitter.Node("Expand", other.Number(0).Name, emitter.Node("Shape", other.Name)) };

    /// <summary>Says what the tangent of an output is.</summary>
    public void SetTangent(Expression tangent, int output = 0)
    {
        if (output < node.Output.Count && node.Output[output].Length > 0)
        {
            tangents[node.Output[output]] = tangent.Name;
        }
    }

    /// <summary>Brings a tangent that was not broadcast to the shape of the output.</summary>
    /// <param name="tangent">The tangent.</param>
    /// <param name="shapes">Inputs whose shapes, broadcast, the tangent has.</param>
    public Expression Fit(Expression tangent, params ReadOnlySpan<int> shapes)
    {
        var output = TypeOf(node.Output[0]);
        foreach (var input in shapes)
        {
            if (TypeOf(node.Input[input]).HasShapeOf(output))
            {
                return tangent;
            }
        }

        return tangent with
        {
            Name = emitter.Node("Expand", tangent.Name, emitter.Node("Shape", node.Output[0])),
        };
    }

    /// <summary>Number of axes of an input.</summary>
    public int Rank(int i) => Shape(i).Length;

    /// <summary>Shape of an input.</summary>
    public long[] Shape(int i) => TypeOf(node.Input[i]).Shape ?? throw NotKnown("whose shapes are known before it runs");

    /// <summary>An axis that an attribute names, counted from the first.</summary>
    public int Axis(string attribute, long otherwise, int input = 0)
    {
        var axis = node.Integer(attribute, otherwise);
        return (int)(axis < 0 ? axis + Rank(input) : axis);
    }

    /// <summary>That a derivative is not known.</summary>
    public InvalidInputException NotKnown(string expectation) => Derivative.NotKnown(graph.Subject, node, expectation);

    private TensorType TypeOf(string name) => types.TryGetValue(name, out var type) ? type : default;
}
