using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The sampled chain has the law of the model's networks, at every width and for every batch: two-sample tests of five functionals.</summary>
[Trait("Evidence", "Sampling")]
public class R3_ExactLawTests
{
    private const int Depth = 4;
    private static readonly int[] Widths = [3, 8, 24];

    /// <summary>Six points of five channels, rank 5 of 12, noise correlated by 0.6; five points of sixteen channels, full rank, noise of its own.</summary>
    private static readonly Dictionary<string, GivenBatch> Batches = new()
    {
        ["singular, correlated noise"] = GivenBatch.Draw(6, 5, 0.6),
        ["regular, independent noise"] = GivenBatch.Draw(5, 16, 0),
    };

    /// <summary>One in a million for all comparisons of right networks together.</summary>
    private static readonly double Bound = TwoSampleDistance.Bound(
        DrawnNetworks.Count,
        1e-6 / (NetworkKind.Names.Length * Batches.Count * Widths.Length * DrawnNetworks.Functionals.Length)
    );

    public static TheoryData<string, string, int> Cases()
    {
        var cases = new TheoryData<string, string, int>();
        foreach (var architecture in NetworkKind.Names)
        {
            foreach (var batch in Batches.Keys)
            {
                foreach (var width in Widths)
                {
                    cases.Add(architecture, batch, width);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void R3_sampled_networks_have_the_law_of_simulated_ones(string architecture, string batch, int width)
    {
        var networks = new DrawnNetworks(architecture, Batches[batch], width, Depth);
        Distances(networks.OfModel(), networks.OfChain())
            .Should()
            .OnlyContain(
                pair => pair.Value <= Bound,
                "samples of {0} from one law are farther apart than {1} less than once in a million runs of all cases",
                DrawnNetworks.Count,
                Bound
            );
    }

    [Fact]
    public void R3_a_weight_variance_of_1_9_is_distinguished_from_2()
    {
        // Four layers multiply ν₂ and the noise by 0.95⁴, which is 0.2 in the logarithm; χ and r_eff do not depend on it.
        var networks = new DrawnNetworks("vanilla", Batches["regular, independent noise"], 24, Depth);
        var distances = Distances(networks.OfModel(factor: Math.Sqrt(0.95)), networks.OfChain());
        distances["ln ν₂(x)"].Should().BeGreaterThan(Bound);
        distances["ln r_eff"].Should().BeLessThanOrEqualTo(Bound);
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("bn_res")]
    public void R3_noise_that_ignores_the_gate_of_a_ReLU_is_distinguished_from_gated_noise(string architecture)
    {
        // This noise is halved in the mean square, as by the gate, but it also passes where the signal is off.
        var ungated = new RewrittenStep(
            UnitPlaceKind.Relu,
            values => ([.. values.Signal.Select(x => Math.Max(x, 0))], [.. values.Noise.Select(dx => dx * Math.Sqrt(0.5))])
        );
        var networks = new DrawnNetworks(architecture, Batches["singular, correlated noise"], 8, Depth);
        Distances(networks.OfModel(Rewrite), networks.OfChain())["ln ν₂(dx)"].Should().BeGreaterThan(Bound);

        NetworkSettings Rewrite(NetworkSettings right) => right with { Architecture = UngatedUnit(right.Architecture) };
        Architecture UngatedUnit(Architecture gated) => gated with { Unit = [.. gated.Unit.Select(Ungated)] };
        Step Ungated(Step step) =>
            step switch
            {
                ReluStep => ungated,
                ResidualStep residual => residual with { Branch = [.. residual.Branch.Select(Ungated)] },
                BatchNormStep or ConvolutionStep => step,
                _ => throw new ArgumentException($"unexpected step {step}", nameof(step)),
            };
    }

    [Fact]
    public void R3_a_chain_with_independent_noise_is_distinguished_from_the_noise_of_the_batch()
    {
        var networks = new DrawnNetworks("bn_ff", Batches["singular, correlated noise"], 8, Depth);
        Distances(networks.OfModel(), networks.OfChainWithUnitNoise())["ln χ"].Should().BeGreaterThan(Bound);
    }

    [Fact]
    public void The_distance_of_two_samples_agrees_with_values_by_hand()
    {
        TwoSampleDistance.Measure([1, 2, 3, 4], [1, 2, 3, 4]).Should().Be(0);
        TwoSampleDistance.Measure([1, 1, 2, 2], [2, 2, 2, 2]).Should().Be(0.5, "equal values are passed together");
        TwoSampleDistance.Measure([1, 2, 3, 4], [5, 6, 7, 8]).Should().Be(1);
        TwoSampleDistance.Measure([double.NegativeInfinity, 0, 1, double.NaN], [0, 1, 2, double.NaN]).Should().Be(0.25);
        TwoSampleDistance.Measure([0, 0, 0, double.NaN], [0, 0, 0, 1e9]).Should().Be(0.25, "what is not a number is a value of its own, above all others");
        TwoSampleDistance.Bound(1000, 2 * Math.Exp(-1000 * 0.01)).Should().BeApproximately(0.1, 1e-15);
        FluentActions.Invoking(() => TwoSampleDistance.Bound(457, 0.1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Dictionary<string, double> Distances(double[][] model, double[][] chain) =>
        DrawnNetworks.Functionals.Select((name, f) => (name, TwoSampleDistance.Measure(model[f], chain[f]))).ToDictionary();
}
