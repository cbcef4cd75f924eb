using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>What a rule works on: a node, its inputs with their tangents, and the graph to add nodes to.</summary>
/// <remarks>A tangent has the type and shape of its value. A value without noise has no tangent, and no nodes are added for it.</remarks>
internal sealed class RuleContext(
    Graph graph,
    NodeProto node,
    Emitter emitter,
    IReadOnlyDictionary<string, TensorType> types,
    Dictionary<string, string> tangents,
    DerivativeOptions options
)
{
    /// <summary>The node; a rule may change it before it is added.</summary>
    public NodeProto Node => node;

    public Emitter Emitter => emitter;

    public DerivativeOptions Options => options;

    /// <summary>Type of the elements of the outputs.</summary>
    public int Type => TypeOf(node.Output.First(name => name.Length > 0)).Element;

    /// <summary>Type of the elements of an output; 0 if the output is not used.</summary>
    public int OutputType(int i) => i < node.Output.Count ? TypeOf(node.Output[i]).Element : 0;

    /// <summary>Whether an input is present.</summary>
    public bool Has(int i) => i < node.Input.Count && node.Input[i].Length > 0;

    /// <summary>An input.</summary>
    public Expression Input(int i) => new(emitter, node.Input[i], TypeOf(node.Input[i]).Element);

    /// <summary>An output.</summary>
    public Expression Output(int i = 0) => new(emitter, node.Output[i], Type);

    /// <summary>The tangent of an input; null where it has none.</summary>
    public Expression? Tangent(int i) => Has(i) && tangents.TryGetValue(node.Input[i], out var name) ? Input(i) with { Name = name } : null;

    /// <summary>The tangent of an input, or zeros of its shape.</summary>
    public Expression TangentOrZeros(int i) => Tangent(i) ?? ZerosAs(Input(i));

    /// <summary>Zeros in the shape of another value.</summary>
    public Expression ZerosAs(Expression other) => other with { Name = emitter.Node("Expand", other.Number(0).Name, emitter.Node("Shape", other.Name)) };

    /// <summary>Sets the tangent of an output.</summary>
    public void SetTangent(Expression tangent, int output = 0)
    {
        if (output < node.Output.Count && node.Output[output].Length > 0)
        {
            tangents[node.Output[output]] = tangent.Name;
        }
    }

    /// <summary>Broadcasts a tangent to the shape of the output, where it does not have that shape yet.</summary>
    /// <param name="tangent">The tangent.</param>
    /// <param name="shapes">Indices of inputs; the tangent has the shape to which these are broadcast.</param>
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

    /// <summary>The axis in an attribute, counted from the first axis.</summary>
    public int Axis(string attribute, long otherwise, int input = 0)
    {
        var axis = node.Integer(attribute, otherwise);
        return (int)(axis < 0 ? axis + Rank(input) : axis);
    }

    /// <summary>The exception that the derivative of the node is not known.</summary>
    public InvalidInputException NotKnown(string expectation) => Derivative.NotKnown(graph.Subject, node, expectation);

    private TensorType TypeOf(string name) => types.TryGetValue(name, out var type) ? type : default;
}
