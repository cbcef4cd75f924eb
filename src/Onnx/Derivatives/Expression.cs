using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A value of the graph, with arithmetic operators: each operation adds a node.</summary>
internal readonly record struct Expression(Emitter Emitter, string Name, int Type)
{
    public static Expression operator +(Expression a, Expression b) => a.Apply("Add", b);

    public static Expression operator -(Expression a, Expression b) => a.Apply("Sub", b);

    public static Expression operator *(Expression a, Expression b) => a.Apply("Mul", b);

    public static Expression operator /(Expression a, Expression b) => a.Apply("Div", b);

    public static Expression operator -(Expression a) => a.Apply("Neg");

    public static Expression operator +(Expression a, double b) => a + a.Number(b);

    public static Expression operator -(Expression a, double b) => a - a.Number(b);

    public static Expression operator -(double a, Expression b) => b.Number(a) - b;

    public static Expression operator *(double a, Expression b) => b.Number(a) * b;

    public static Expression operator /(Expression a, double b) => a / a.Number(b);

    public static Expression operator /(double a, Expression b) => b.Number(a) / b;

    /// <summary>Truth values: whether a is greater than b.</summary>
    public static Expression operator >(Expression a, Expression b) => a.Apply("Greater", b);

    public static Expression operator <(Expression a, Expression b) => a.Apply("Less", b);

    public static Expression operator >(Expression a, double b) => a > a.Number(b);

    public static Expression operator <(Expression a, double b) => a < a.Number(b);

    /// <summary>A number of the same type.</summary>
    public Expression Number(double value) => this with { Name = Emitter.Scalar(value, Type) };

    /// <summary>Applies an operator with one or more inputs; the result has the same type.</summary>
    public Expression Apply(string operation, params IEnumerable<Expression> others) =>
        this with
        {
            Name = Emitter.Node(operation, others.Select(other => other.Name).Prepend(Name)),
        };

    /// <summary>Applies an operator with the attributes of a node.</summary>
    public Expression Apply(NodeProto like) => this with { Name = Emitter.Node(like, Name) };

    /// <summary>Chooses between two values by these truth values.</summary>
    public Expression Choose(Expression then, Expression otherwise) => then with { Name = Emitter.Node("Where", Name, then.Name, otherwise.Name) };

    /// <summary>The sum over axes, which remain as axes of length 1.</summary>
    public Expression Sum(params IEnumerable<long> axes) => this with { Name = Emitter.Node("ReduceSum", Name, Emitter.Integers(axes)) };

    /// <summary>The value in another shape.</summary>
    public Expression Reshape(params IEnumerable<long> shape) => this with { Name = Emitter.Node("Reshape", Name, Emitter.Integers(shape)) };

    /// <summary>The value in the shape of another one.</summary>
    public Expression ReshapeAs(Expression other) => this with { Name = Emitter.Node("Reshape", Name, Emitter.Node("Shape", other.Name)) };

    /// <summary>The value with additional axes of length 1.</summary>
    public Expression Unsqueeze(params IEnumerable<long> axes) => this with { Name = Emitter.Node("Unsqueeze", Name, Emitter.Integers(axes)) };

    public Expression Square() => this * this;

    public Expression Sqrt() => Apply("Sqrt");

    public Expression Exp() => Apply("Exp");

    public Expression Abs() => Apply("Abs");

    public Expression Sign() => Apply("Sign");

    public Expression Tanh() => Apply("Tanh");

    public Expression Sigmoid() => Apply("Sigmoid");
}
