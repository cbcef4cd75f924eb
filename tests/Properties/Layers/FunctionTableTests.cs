using System.Globalization;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Activations and their derivatives against tables of 30 digits, which data/make_activations.py makes.</summary>
public class FunctionTableTests
{
    /// <summary>Units in the last place that a value may be off by.</summary>
    private const double Units = 6;

    /// <summary>All but those that are two lines, which are exact.</summary>
    public static TheoryData<string> Words => [.. Function.Words.Except(["linear", "relu", "leaky_relu", "abs"])];

    [Theory]
    [MemberData(nameof(Words))]
    public void Values_and_derivatives_agree_with_tables_of_thirty_digits(string word)
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "activations.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(row => row[0] == word)
            .ToArray();
        rows.Should().HaveCountGreaterThan(150);

        foreach (var row in rows)
        {
            var (u, value, derivative) = (Number(row[1]), Number(row[2]), Number(row[3]));
            var (actual, slope) = Evaluate(word, u);

            // Where the derivative is a difference of two terms that cancel, of those terms.
            Distance(actual, value).Should().BeLessThan(Units, "{0}({1}) is {2}, got {3:R}", word, u, value, actual);
            Distance(slope, derivative, word is "gelu" or "gelu_tanh" or "silu" ? 0.3 * Math.Min(1, Math.Abs(derivative) * 1e3) : 0)
                .Should()
                .BeLessThan(Units, "the derivative of {0} at {1} is {2}, got {3:R}", word, u, derivative, slope);
        }
    }

    private static (double Value, double Derivative) Evaluate(string word, double u)
    {
        return word switch
        {
            "tanh" => Of<TanhFunction>(),
            "erf" => Of<ErfFunction>(),
            "sine" => Of<SineFunction>(),
            "gelu" => Of<GeluFunction>(),
            "gelu_tanh" => Of<GeluTanhFunction>(),
            "silu" => Of<SiluFunction>(),
            "elu" => Of<EluFunction>(),
            "sigmoid" => Of<SigmoidFunction>(),
            "softplus" => Of<SoftplusFunction>(),
            "hard_swish" => Of<HardSwishFunction>(),
            _ => throw new ArgumentException($"no function {word}", nameof(word)),
        };

        (double Value, double Derivative) Of<TFunction>()
            where TFunction : IScalarFunction
        {
            TFunction.Evaluate(DoubleRegister512.Create(u), out var value, out var derivative);
            return (value[0], derivative[0]);
        }
    }

    /// <summary>
    /// The distance in units of the last place of the expected value, or of a size that it is a difference at; below 1e-300, where factors of a value are
    /// subnormal, the unit of that.
    /// </summary>
    private static double Distance(double actual, double expected, double size = 0)
    {
        var scale = Math.Max(Math.Max(Math.Abs(expected), size), 1e-300);
        return Math.Abs(actual - expected) / (Math.BitIncrement(scale) - scale);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
