using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>
/// Activations of single-precision tensors over the whole range of single precision, against the definition in double precision, which shares no code with
/// them.
/// </summary>
public class FunctionAccuracyTests
{
    /// <summary>Units in the last place of single precision.</summary>
    private const double Units = 2;

    /// <summary>What the definition itself may be off by where terms near 1 cancel.</summary>
    private const double OfDefinition = 4e-15;

    /// <summary>All but those that are two lines, which are exact.</summary>
    public static TheoryData<FunctionKind> Kinds =>
        [.. Enum.GetValues<FunctionKind>().Except([FunctionKind.Linear, FunctionKind.Relu, FunctionKind.LeakyRelu, FunctionKind.Abs])];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_derivatives_are_accurate_to_two_units_in_the_last_place_over_all_arguments(FunctionKind kind)
    {
        // Every exponent from subnormal numbers on, with mantissas that are spread; and the neighbours of the derivatives' zeros.
        var arguments = Enumerable
            .Range(0, Breadth.Choose(20_000, 2_000_000))
            .Select(i => BitConverter.UInt32BitsToSingle((uint)i * 2654435761u))
            .Where(float.IsFinite)
            .Concat(
                Enumerable
                    .Range(-40, 81)
                    .SelectMany(i =>
                        new[] { -0.7517915f, -1.2784645f, -0.7524614f, -1f, -6f, 1f, 3f, -3f, 40f, -13f }.Select(u =>
                            BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(u) + i)
                        )
                    )
            )
            .Where(u => kind != FunctionKind.Sine || Math.Abs(u) < 1e5)
            .ToArray();
        var (values, slopes) = Evaluate(kind, arguments);

        var function = new Function(kind);
        for (var i = 0; i < arguments.Length; i++)
        {
            var (value, derivative) = Definition(function, arguments[i]);
            Require(values[i], value, "value", arguments[i]);
            Require(slopes[i], derivative, "derivative", arguments[i]);
        }

        void Require(float actual, double expected, string what, float u)
        {
            if (Math.Abs(expected) > float.MaxValue)
            {
                return;
            }

            var size = Math.Max(Math.Abs((float)expected), float.Epsilon);
            var unit = (double)MathF.BitIncrement(size) - size;
            (Math.Abs(actual - expected) <= (Units * unit) + OfDefinition)
                .Should()
                .BeTrue("the {0} of {1} at {2:R} is {3:R}, got {4:R}", what, kind, u, expected, actual);
        }
    }

    /// <summary>The definition; where it squares its argument once too often, the limits.</summary>
    private static (double Value, double Derivative) Definition(Function function, double u) =>
        (function.Kind, Math.Abs(u) > 1000) switch
        {
            (FunctionKind.Erf, true) => (Math.Sign(u), 0),
            (FunctionKind.Gelu, true) => (Math.Max(u, 0), u > 0 ? 1 : 0),
            _ => (WrittenOutFunction.Value(function, u), WrittenOutFunction.Derivative(function, u)),
        };

    /// <summary>At 0, -0, ∞, -∞: values and derivatives; zeros have signs.</summary>
    [Theory]
    [InlineData(FunctionKind.Tanh, 0f, -0f, 1f, -1f, 1f, 1f, 0f, 0f)]
    [InlineData(FunctionKind.Erf, 0f, -0f, 1f, -1f, 1.1283792f, 1.1283792f, 0f, 0f)]
    [InlineData(FunctionKind.Gelu, 0f, -0f, float.PositiveInfinity, -0f, 0.5f, 0.5f, 1f, 0f)]
    [InlineData(FunctionKind.GeluTanh, 0f, -0f, float.PositiveInfinity, -0f, 0.5f, 0.5f, 1f, 0f)]
    [InlineData(FunctionKind.Silu, 0f, -0f, float.PositiveInfinity, -0f, 0.5f, 0.5f, 1f, 0f)]
    [InlineData(FunctionKind.Elu, 0f, -0f, float.PositiveInfinity, -1f, 1f, 1f, 1f, 0f)]
    [InlineData(FunctionKind.Sigmoid, 0.5f, 0.5f, 1f, 0f, 0.25f, 0.25f, 0f, 0f)]
    [InlineData(FunctionKind.Softplus, 0.6931472f, 0.6931472f, float.PositiveInfinity, 0f, 0.5f, 0.5f, 1f, 0f)]
    [InlineData(FunctionKind.HardSwish, 0f, -0f, float.PositiveInfinity, 0f, 0.5f, 0.5f, 1f, 0f)]
    public void Activations_keep_the_sign_of_zero_and_have_limits_at_infinity(
        FunctionKind kind,
        float zero,
        float minusZero,
        float infinity,
        float minusInfinity,
        float slope0,
        float slopeMinus0,
        float slopeInfinity,
        float slopeMinusInfinity
    )
    {
        var (values, slopes) = Evaluate(kind, [0f, -0f, float.PositiveInfinity, float.NegativeInfinity]);

        values
            .Select(BitConverter.SingleToInt32Bits)
            .Should()
            .Equal(new[] { zero, minusZero, infinity, minusInfinity }.Select(BitConverter.SingleToInt32Bits), "{0}", string.Join(' ', values));
        slopes.Should().Equal(slope0, slopeMinus0, slopeInfinity, slopeMinusInfinity);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Activations_of_NaN_are_NaN(FunctionKind kind)
    {
        var (values, slopes) = Evaluate(kind, [float.NaN, 1f]);

        (values[0], slopes[0]).Should().Be((float.NaN, float.NaN));
        float.IsFinite(values[1]).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Activations_of_a_number_have_the_same_bits_at_every_position_of_a_tensor(FunctionKind kind)
    {
        float[] arguments = [.. Enumerable.Range(0, 27).Select(i => (i - 13) * 0.37f)];
        var (values, slopes) = Evaluate(kind, arguments);

        for (var length = 1; length <= arguments.Length; length++)
        {
            var part = Evaluate(kind, arguments[^length..]);
            part.Values.Should().Equal(values[^length..]);
            part.Slopes.Should().Equal(slopes[^length..]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Registers_of_every_width_give_the_same_bits(FunctionKind kind)
    {
        // Ordinary numbers, and those that take another way: both zeros, beyond every range, and angles that the C library reduces, among others that it does not.
        float[] arguments =
        [
            .. Enumerable.Range(0, 40).Select(i => (i - 20) * 0.41f),
            0f,
            -0f,
            1e-30f,
            38f,
            -38f,
            88f,
            -104f,
            1e6f,
            2f,
            -1e9f,
            1f,
            1e30f,
            -1e30f,
        ];
        var (values, slopes) = Evaluate(kind, arguments, out var largest);

        foreach (var bits in new[] { 128, 256, 512 })
        {
            var (ofWidth, slopesOfWidth) = Evaluate(kind, arguments, out var largestOfWidth, bits);
            largestOfWidth.Should().Be(largest);
            ofWidth.Select(BitConverter.SingleToInt32Bits).Should().Equal(values.Select(BitConverter.SingleToInt32Bits));
            slopesOfWidth.Select(BitConverter.SingleToInt32Bits).Should().Equal(slopes.Select(BitConverter.SingleToInt32Bits));
        }
    }

    private static (float[] Values, float[] Slopes) Evaluate(FunctionKind kind, float[] arguments) => Evaluate(kind, arguments, out _);

    private static (float[] Values, float[] Slopes) Evaluate(FunctionKind kind, float[] arguments, out (double Value, double Slope) largest, int? bits = null)
    {
        var (values, slopes, ones) = (new float[arguments.Length], new float[arguments.Length], new float[arguments.Length]);
        Array.Fill(ones, 1f);
        largest = kind switch
        {
            FunctionKind.Tanh => Of<TanhFunction>(),
            FunctionKind.Erf => Of<ErfFunction>(),
            FunctionKind.Sine => Of<SineFunction>(),
            FunctionKind.Gelu => Of<GeluFunction>(),
            FunctionKind.GeluTanh => Of<GeluTanhFunction>(),
            FunctionKind.Silu => Of<SiluFunction>(),
            FunctionKind.Elu => Of<EluFunction>(),
            FunctionKind.Sigmoid => Of<SigmoidFunction>(),
            FunctionKind.Softplus => Of<SoftplusFunction>(),
            FunctionKind.HardSwish => Of<HardSwishFunction>(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a function that is not homogeneous"),
        };
        return (values, slopes);

        (double, double) Of<TFunction>()
            where TFunction : struct, IScalarFunction =>
            bits switch
            {
                null => FunctionRows.Evaluate<float, TFunction>(arguments, ones, values, slopes, (1, 1, 1)),
                128 => FunctionRows.Evaluate<float, TFunction, DoubleRegister128>(arguments, ones, values, slopes, (1, 1, 1)),
                256 => FunctionRows.Evaluate<float, TFunction, DoubleRegister256>(arguments, ones, values, slopes, (1, 1, 1)),
                _ => FunctionRows.Evaluate<float, TFunction, DoubleRegister512>(arguments, ones, values, slopes, (1, 1, 1)),
            };
    }
}
