using System.Globalization;
using System.Runtime.Intrinsics;
using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Duals in vectors against those of one pair.</summary>
public class VectorDualTests
{
    /// <summary>Our angles err by at most 5 ulp, the library's by 1; an ulp is at most 2.2e-16 of the number.</summary>
    private const double Ulps = 6 * 2.2e-16;

    /// <summary>Where the sine of an angle is known it decides the digits, however near the cosine is to ±1; around ½ the formula changes.</summary>
    [Fact]
    public void Angles_at_every_cosine_are_those_of_the_library()
    {
        var count = Breadth.Choose(40_000, 4_000_000);
        var random = new Random(5);
        for (var k = 0; k < count; k++)
        {
            var tiny = Math.Exp(-40 * random.NextDouble());
            var angle = (k % 4) switch
            {
                0 => Math.PI * random.NextDouble(),
                1 => tiny,
                2 => Math.PI - tiny,
                _ => Math.Acos((k % 8 == 3 ? 0.5 : -0.5) + (1e-12 * (random.NextDouble() - 0.5))),
            };
            var (c, s) = (Math.Cos(angle), Math.Sin(angle));
            var opposite = VectorAngle.ToOpposite(Vector256.Create(c), Vector256.Create(s))[k % 4];
            var sine = VectorAngle.Asin(Vector256.Create(c), Vector256.Create(s))[k % 4];
            opposite.Should().BeApproximately(Math.Atan2(s, -c), Ulps * Math.Atan2(s, -c), "cosine {0}", c);
            sine.Should().BeApproximately(Math.Atan2(c, s), Ulps * Math.Abs(Math.Atan2(c, s)), "sine {0}", c);
        }
    }

    /// <summary>Against 30 digits, where the closed form of k₁ cancels too.</summary>
    [Fact]
    public void Arc_cosine_kernels_have_the_digits_of_the_table()
    {
        var relu = DualActivation.For(new Function(FunctionKind.Relu));
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "special_functions.csv"))
            .Select(line => line.Split(','))
            .Where(cells => cells[0] is "k0" or "k1")
            .ToArray();
        rows.Should().NotBeEmpty();
        foreach (var cells in rows)
        {
            var (c, expected) = (double.Parse(cells[1], CultureInfo.InvariantCulture), double.Parse(cells[^1], CultureInfo.InvariantCulture));
            relu.Compute(Vector256.Create(1.0), Vector256.Create(1.0), Vector256.Create(c), false, out var dual);
            (2 * (cells[0] == "k0" ? dual.T : dual.V)[0]).Should().BeApproximately(expected, 1e-15 * (1e-2 + expected), "{0} at {1}", cells[0], c);
        }
    }

    /// <summary>At every scale and correlation, at equal variances and where one is 0; and each has the same bits wherever in a row it stands.</summary>
    [Theory]
    [InlineData("relu")]
    [InlineData("leaky_relu")]
    [InlineData("abs")]
    [InlineData("linear")]
    [InlineData("erf")]
    [InlineData("gelu")]
    public void Duals_of_rows_of_pairs_equal_the_duals_of_single_pairs(string word)
    {
        var (dual, random) = (DualActivationTests.Dual(word), new Random(7));
        for (var repetition = 0; repetition < Breadth.Choose(300, 30_000); repetition++)
        {
            var (q1, others, covariances) = (Scale(), new double[7], new double[7]);
            for (var j = 0; j < others.Length; j++)
            {
                others[j] = random.Next(4) == 0 ? q1 : Scale();
                covariances[j] = Correlation() * DualActivation.Scale(q1, others[j]);
            }

            var (row, shifted) = (new DualRow(7), new DualRow(6));
            dual.ComputeRow(q1, others, covariances, true, row);
            dual.ComputeRow(q1, others.AsSpan(1), covariances.AsSpan(1), true, shifted);
            for (var j = 0; j < others.Length; j++)
            {
                var (one, scale) = (dual.Compute(q1, others[j], covariances[j]), DualActivation.Scale(q1, others[j]));
                Same(row[j].V, one.V, Math.Min(scale, Math.Max(Math.Abs(one.V), word == "erf" ? 1 : scale)));
                Same(row[j].T, one.T, 1);
                Same(row[j].V1, one.V1, Math.Abs(one.V1) + (Math.Sqrt(others[j] / Math.Max(q1, 1e-3)) + 1));
                Same(row[j].V2, one.V2, Math.Abs(one.V2) + (Math.Sqrt(q1 / Math.Max(others[j], 1e-3)) + 1));
                Same(row[j].Tp, one.Tp, Math.Abs(one.Tp));
                Same(row[j].T1, one.T1, Math.Abs(one.T1));
                Same(row[j].T2, one.T2, Math.Abs(one.T2));
                if (j > 0)
                {
                    shifted[j - 1].Equals(row[j]).Should().BeTrue("{0}: a pair has the same bits anywhere in a row", word);
                }
            }
        }

        double Scale() => random.Next(12) == 0 ? 0 : Math.Exp(12 * (random.NextDouble() - 0.5));

        double Correlation() =>
            random.Next(4) switch
            {
                0 => 1 - Math.Exp(-30 * random.NextDouble()),
                1 => Math.Exp(-30 * random.NextDouble()) - 1,
                2 => random.Next(3) - 1,
                _ => (2 * random.NextDouble()) - 1,
            };

        void Same(double ours, double expected, double scale)
        {
            if (double.IsFinite(expected))
            {
                ours.Should().BeApproximately(expected, 1e-14 * scale, word);
            }
        }
    }
}
