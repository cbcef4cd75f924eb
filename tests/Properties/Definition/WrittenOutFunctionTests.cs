using System.Globalization;
using FluentAssertions;
using FluentAssertions.Execution;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

public class WrittenOutFunctionTests
{
    /// <summary>A few roundings of double precision, 2⁻⁵³ each.</summary>
    private const double Rounding = 1e-15;

    private static readonly ILookup<string, double[]> Table = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "activation_functions.csv"))
        .Skip(1)
        .Select(line => line.Split(','))
        .ToLookup(cells => cells[0], cells => cells.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray());

    public static TheoryData<FunctionKind> Kinds => [.. Enum.GetValues<FunctionKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_derivatives_agree_with_arbitrary_precision(FunctionKind kind)
    {
        var function = new Function(kind, kind == FunctionKind.LeakyRelu ? 0.125 : 0);
        Table[function.Word].Should().NotBeEmpty();
        using var scope = new AssertionScope();
        foreach (var cells in Table[function.Word])
        {
            if (cells is not [var argument, var value, var derivative, var valueScale, var derivativeScale])
            {
                throw new InvalidDataException($"expected 5 numbers for {function.Word}, got {cells.Length}");
            }

            WrittenOutFunction
                .Value(function, argument)
                .Should()
                .BeApproximately(value, (Rounding * valueScale) + double.Epsilon, "{0}({1:R})", kind, argument);
            WrittenOutFunction
                .Derivative(function, argument)
                .Should()
                .BeApproximately(derivative, (Rounding * derivativeScale) + double.Epsilon, "{0}'({1:R})", kind, argument);
        }
    }

    [Fact]
    public void Derivatives_at_kinks_have_the_values_of_the_description()
    {
        Derivative(FunctionKind.Relu, 0).Should().Be(0);
        Derivative(FunctionKind.Abs, 0).Should().Be(-1);
        WrittenOutFunction.Derivative(Function.LeakyRelu(0.3), 0).Should().Be(0.3);
        Derivative(FunctionKind.Elu, 0).Should().Be(1);
        Derivative(FunctionKind.HardSwish, 3).Should().Be(1);
        Derivative(FunctionKind.HardSwish, -3).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_derivatives_at_large_arguments_are_finite(FunctionKind kind)
    {
        foreach (var u in new[] { -1e4, -750.0, -40, 0, 40, 750, 1e4 })
        {
            double.IsFinite(WrittenOutFunction.Value(new(kind), u)).Should().BeTrue("{0}({1})", kind, u);
            double.IsFinite(WrittenOutFunction.Derivative(new(kind), u)).Should().BeTrue("{0}'({1})", kind, u);
        }
    }

    /// <summary>Functions and derivatives far out, where each is as good as a line, a constant or its sine.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_derivatives_far_out_are_those_of_their_limits(FunctionKind kind)
    {
        var function = new Function(kind, kind == FunctionKind.LeakyRelu ? 0.125 : 0);
        double[] sizes = [1e3, 59_999.97, 60_000.03, 123_456.78, 1e7 + 0.03, 1.0000000000001e13, 3e150, 1e160, 1e300, double.MaxValue];
        using var scope = new AssertionScope();
        foreach (var u in sizes.SelectMany(size => new[] { size, -size }))
        {
            var (value, slope) = kind switch
            {
                FunctionKind.Linear => (u, 1.0),
                FunctionKind.LeakyRelu => u > 0 ? (u, 1) : (0.125 * u, 0.125),
                FunctionKind.Abs => (Math.Abs(u), Math.Sign(u)),
                FunctionKind.Tanh or FunctionKind.Erf => (Math.Sign(u), 0),
                FunctionKind.Sine => (Math.Sin(u), Math.Cos(u)),
                FunctionKind.Elu => u > 0 ? (u, 1) : (-1, 0),
                FunctionKind.Sigmoid => (u > 0 ? 1 : 0, 0),
                FunctionKind.Relu or FunctionKind.Gelu or FunctionKind.GeluTanh or FunctionKind.Silu or FunctionKind.Softplus or FunctionKind.HardSwish => (
                    Math.Max(u, 0),
                    u > 0 ? 1 : 0
                ),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a function whose limits are known"),
            };
            WrittenOutFunction.Value(function, u).Should().Be(value, "{0}({1:R})", kind, u);
            WrittenOutFunction.Derivative(function, u).Should().Be(slope, "{0}'({1:R})", kind, u);
        }
    }

    [Fact]
    public void The_error_function_and_its_complement_add_up_to_one()
    {
        for (var x = -6.0; x <= 6; x += 0.01)
        {
            (WrittenOutErrorFunction.Value(x) + WrittenOutErrorFunction.Complement(x)).Should().BeApproximately(1, 1e-15);
            WrittenOutErrorFunction.Value(-x).Should().Be(-WrittenOutErrorFunction.Value(x));
        }
    }

    private static double Derivative(FunctionKind kind, double u) => WrittenOutFunction.Derivative(new(kind), u);
}
