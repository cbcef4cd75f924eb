namespace Wellbehaved.Tests.Conformance;

/// <summary>Samples of a law that a tool allows, as far from Gaussian as it allows them.</summary>
/// <param name="Name">The tool and the law.</param>
/// <param name="Deviation">Standard deviation relative to the scale.</param>
/// <param name="Create">Makes the tool: rates, δ and planned samples.</param>
/// <param name="Draw">Draws a sample that is off by a shift.</param>
/// <param name="Add">Gives a sample to the tool.</param>
internal sealed record SampledLaw(
    string Name,
    double Deviation,
    Func<ErrorRates, double, long, TestOfMean> Create,
    Func<Random, double, double> Draw,
    Action<TestOfMean, Observed> Add
)
{
    private const double RareRate = 0.02;

    /// <summary>Skewed, heavy-tailed and discrete laws for each tool of means.</summary>
    public static IReadOnlyList<SampledLaw> Mean { get; } =
    [
        // Lognormal of mean 1 and variance e - 1: fourth moments of millions.
        OfKnownVariance("lognormal", Math.E - 1, random => Math.Exp(Normal(random) - 0.5)),
        // Pareto of exponent 2.5, mean 1: no third moment. Its variance is m²/(a(a - 2)) of a law that begins at 1 with the mean m = a/(a - 1), here divided by
        // it.
        OfKnownVariance("Pareto", 1 / (2.5 * 0.5), random => Math.Pow(1 - random.NextDouble(), -1 / 2.5) * 1.5 / 2.5),
        // One in fifty is 50, all others 0.
        OfKnownVariance("rare", (1 / RareRate) - 1, random => random.NextDouble() < RareRate ? 1 / RareRate : 0),
        OfSymmetry("products", 0.7, random => Math.Sqrt(0.5) * Normal(random) * Normal(random)),
        OfSymmetry("Student of three", 1, random => Normal(random) / Math.Sqrt(Enumerable.Range(0, 3).Sum(_ => Math.Pow(Normal(random), 2)))),
        OfSymmetry("fair signs", 1, random => random.Next(2) == 0 ? -1 : 1),
        // Half the fourth power of a uniform number: of mean 1/10 and variance (1/9 - 1/25)/4.
        OfBounded("skewed", Math.Sqrt((1 / 9.0) - (1 / 25.0)) / 2, (random, shift) => 0.5 * (1 + shift) * Math.Pow(random.NextDouble(), 4), 0.1),
        OfBounded("fair coin", 0.5, (random, shift) => random.NextDouble() < 0.5 * (1 + shift) ? 1 : 0, 0.5),
    ];

    /// <summary>Finds a law.</summary>
    public static SampledLaw Named(string name) => Mean.Single(law => law.Name == name);

    /// <summary>Samples that decide most runs.</summary>
    public long Planned(ErrorRates rates, double discrepancy) => KnownVarianceTest.SamplesFor(rates, Deviation, discrepancy);

    /// <summary>Gives samples to a new tool.</summary>
    public TestOfMean Run(ErrorRates rates, double discrepancy, int samples, double shift, int seed)
    {
        var (test, random) = (Create(rates, discrepancy, Planned(rates, Math.Max(discrepancy, 0.1))), new Random(1000 + seed));
        for (var i = 0; i < samples && !test.IsDecided; i++)
        {
            Add(test, new Observed(Draw(random, shift)));
        }

        return test;
    }

    private static SampledLaw OfKnownVariance(string law, double variance, Func<Random, double> draw) =>
        new(
            $"known variance, {law}",
            Math.Sqrt(variance),
            (rates, discrepancy, planned) => new KnownVarianceTest(rates, discrepancy, planned),
            (random, shift) => (1 + shift) * draw(random),
            (test, observed) => ((KnownVarianceTest)test).Add(observed, new Expected(1), variance)
        );

    private static SampledLaw OfSymmetry(string law, double deviation, Func<Random, double> draw) =>
        new(
            $"symmetry, {law}",
            deviation,
            (rates, discrepancy, planned) => new SymmetryTest(rates, discrepancy, planned * deviation * deviation, EffectKind.Difference),
            (random, shift) => shift + draw(random),
            (test, observed) => ((SymmetryTest)test).Add(observed, new Expected(0), 1)
        );

    private static SampledLaw OfBounded(string law, double deviation, Func<Random, double, double> draw, double mean) =>
        new(
            $"bounded, {law}",
            deviation / mean,
            (rates, discrepancy, planned) => new BoundedTest(rates, discrepancy, planned * Math.Pow(deviation / Math.Max(mean, 1 - mean), 2)),
            draw,
            (test, observed) => ((BoundedTest)test).Add(observed, new Expected(mean), 0, 1)
        );

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
