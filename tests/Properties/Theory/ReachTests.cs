using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Statements on the depth that a network can have and the width that it needs.</summary>
public class ReachTests
{
    private static readonly Activation Relu = new(Function.Relu);
    private static readonly Activation Tanh = new(new Function(FunctionKind.Tanh));

    /// <summary>W1: each layer takes a step of variance v(N), N its own number of channels.</summary>
    [Fact]
    public void W1_each_layer_of_a_stack_takes_a_step_of_its_own_width()
    {
        var statements = State(8, new Repeat(20, [new Dense { Channels = 256 }, Relu, new Dense { Channels = 8 }, Relu]));

        // v(8) of the derivation; v(256) is near 5/256, of which the next order changes the third digit of the sum at most.
        var walk = statements.Single(statement => statement.Words.Contains("ln ν₂"));
        walk.Law.Should().Be("W1, V2, V3");
        walk.Words.Should().StartWith("at widths 8 and 256").And.Contain("after 40 layers");
        Deviation(walk).Should().BeApproximately(Math.Sqrt(20 * (1.24698912776666 + (5.0 / 256))), 0.005);
        var dead = statements.Single(statement => statement.Words.Contains("dead")).Words;
        dead.Should().Contain($"{1 - Math.Pow(1 - Math.Pow(2, -8), 20):0.##e+0}", "layers of 256 channels never die");

        // Of one width, as before: √(40 v(8)).
        var equal = State(8, new Repeat(20, [new Dense(), Relu, new Dense { Channels = 8 }, Relu]))[0];
        Deviation(equal).Should().BeApproximately(Math.Sqrt(40 * 1.24698912776666), 0.001);
    }

    [Fact]
    public void W1_is_not_stated_of_layers_without_an_activation_between_them()
    {
        State(8, new Repeat(20, [new Dense(), Relu]))[0].Law.Should().Be("W1, V2, V3");
        foreach (
            var unit in (Layers[])
                [
                    [new Dense(), new Dense(), Relu],
                    [new Dense(), new Activation(new Function(FunctionKind.Linear)), new Dense(), Relu],
                    [new Dense { Channels = 16, Parameters = new(2, 0, WeightLaw.Orthogonal) }, Relu, new Dense { Channels = 8 }, Relu],
                ]
        )
        {
            State(8, new Repeat(20, unit)).Should().OnlyContain(statement => statement.Scope != "exact at every width", "{0} takes other steps", unit);
        }
    }

    [Fact]
    public void Depth_over_width_is_that_of_the_narrowest_layer()
    {
        State(64, new Repeat(20, [new Dense { Channels = 8 }, Tanh, new Dense { Channels = 64 }, Tanh]))
            .Should()
            .ContainSingle(statement => statement.Law == "depth over width")
            .Which.Words.Should()
            .StartWith("at width 8 and 20 units")
            .And.Contain("2.5;");
    }

    /// <summary>F2: in chaos the share of differences tends to 1 - c*, which is not 0; what falls is the distance of c from c*.</summary>
    [Fact]
    public void F2_in_chaos_the_similarity_of_inputs_is_forgotten_and_not_their_difference()
    {
        var words = State(64, new Repeat(20, [new Dense { Parameters = new(9) }, Tanh])).Select(statement => statement.Words).ToArray();
        words.Should().ContainSingle(statement => statement.StartsWith("the similarity of inputs is forgotten", StringComparison.Ordinal));
        words.Should().NotContain(statement => statement.Contains("distinguished", StringComparison.Ordinal));

        State(64, new Repeat(20, [new Dense { Parameters = new(0.81, 0.09) }, Tanh]))
            .Should()
            .Contain(statement => statement.Words.StartsWith("inputs can be distinguished", StringComparison.Ordinal));
    }

    private static double Deviation(ReachStatement statement) =>
        double.Parse(Regex.Match(statement.Words, @"deviates by ([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static IReadOnlyList<ReachStatement> State(int width, Repeat stack)
    {
        var (x, dx) = NetworkPredictionTests.Batch(6, 10);
        var network = new Network("reach", new Shape(1, 1, 10), [new Dense { Channels = width }, stack]);
        var prediction = NetworkPrediction.Make(network, network.Input, x, dx, 1);
        return
        [
            .. Reach
                .State(network, prediction, StackJudge.Judge(network, prediction))
                .Where(statement => !statement.Words.Contains("signal-to-noise") && !statement.Words.StartsWith("directions", StringComparison.Ordinal)),
        ];
    }
}
