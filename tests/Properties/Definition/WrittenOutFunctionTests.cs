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
    public void Derivatives_at_kinks_are_those_that_the_description_states()
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
    public void Values_stay_finite_far_out(FunctionKind kind)
    {
        foreach (var u in new[] { -1e4, -750.0, -40, 0, 40, 750, 1e4 })
        {
            double.IsFinite(WrittenOutFunction.Value(new(kind), u)).Should().BeTrue("{0}({1})", kind, u);
            double.IsFinite(WrittenOutFunction.Derivative(new(kind), u)).Should().BeTrue("{0}'({1})", kind, u);
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
