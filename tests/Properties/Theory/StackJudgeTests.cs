using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Verdicts on stacks: the table of the derivation, cell by cell, and its numbers.</summary>
public class StackJudgeTests
{
    private static readonly Activation Relu = new(Function.Relu);
    private static readonly Activation Tanh = new(new Function(FunctionKind.Tanh));
    private static readonly Activation Gelu = new(new Function(FunctionKind.Gelu));

    [Theory]
    [InlineData(1.23456, "0.####", "1.2346")]
    [InlineData(0, "0.####", "0")]
    [InlineData(3e-9, "0.####", "3e-9")]
    [InlineData(-3e-9, "0.####", "-3e-9")]
    [InlineData(0.0005, "0.####", "0.0005")]
    [InlineData(1.5e24, "0.####", "1.5e24")]
    [InlineData(1.5e24, "0.0000", "1.5e24")]
    [InlineData(1.5e24, "0", "1.5e24")]
    [InlineData(151.4, "0", "151")]
    [InlineData(0.3, "0", "0")]
    [InlineData(0.00000012345, "0.##########", "0.0000001235")]
    public void Numbers_in_verdicts_are_printed_with_few_digits(double value, string format, string words) =>
        FeedforwardStack.Number(value, format).Should().Be(words);

    [Fact]
    public void Verdicts_on_extreme_stacks_print_no_factor_of_zero_and_no_long_numbers()
    {
        foreach (
            var stack in new Layer[][]
            {
                [new Dense { Parameters = new(1e24) }, Relu],
                [new Dense { Parameters = new(1e-24) }, Relu],
                [new Dense { Parameters = new(1e24) }, Tanh],
                [new Dense { Parameters = new(1e-24) }, Tanh],
                [new Dense { Parameters = new(1e-24, 1e-24) }, Tanh],
                [new Dense { Parameters = new(1, 1e24) }, Gelu],
            }
        )
        {
            Judge(stack).Words.Should().NotMatchRegex("[0-9]{8}").And.NotMatchRegex(@"(factor|by) -?0( |;|$)");
        }
    }

    /// <summary>Norms whose ε exceeds what they read divide by √ε: the units are those without norms, at another scale.</summary>
    [Theory]
    [InlineData("layer norm", 1.2, 100, Behaviour.Line)]
    [InlineData("layer norm", 1.9, 1, Behaviour.Line)]
    [InlineData("layer norm", 2, 0.5, Behaviour.Point)]
    [InlineData("layer norm", 1.2, 1e-5, Behaviour.Point)]
    [InlineData("layer norm and tanh", 1.2, 100, Behaviour.WellBehaved)]
    [InlineData("layer norm and tanh", 1.2, 1e-5, Behaviour.Exploding)]
    [InlineData("batch norm", 1.2, 100, Behaviour.Exploding)]
    [InlineData("batch norm and tanh", 1.2, 100, Behaviour.WellBehaved)]
    [InlineData("batch norm and tanh", 1.2, 1e-3, Behaviour.Exploding)]
    public void Norms_with_a_large_epsilon_do_not_keep_the_scale(string unit, double weightVariance, double epsilon, Behaviour behaviour)
    {
        Norm norm = unit.StartsWith("layer", StringComparison.Ordinal) ? new LayerNorm { Epsilon = epsilon } : new BatchNorm { Epsilon = epsilon };
        var curved = unit.EndsWith("tanh", StringComparison.Ordinal);
        var verdict = Judge(new Dense { Parameters = new(weightVariance) }, norm, curved ? Tanh : Relu);

        verdict.Behaviour.Should().Be(behaviour, verdict.Words);
        verdict
            .Words.Contains("norms do not keep the scale", StringComparison.Ordinal)
            .Should()
            .Be(epsilon >= 1 && unit != "batch norm", "batch norm takes means away at every scale, and a ReLU has none: {0}", verdict.Words);
    }

    [Theory]
    [InlineData(1e-5, Behaviour.Exploding)]
    [InlineData(100, Behaviour.Unknown)]
    public void Sums_whose_scale_norms_do_not_keep_have_no_verdict(double epsilon, Behaviour behaviour)
    {
        var norm = new LayerNorm { Epsilon = epsilon };

        Judge(new Residual([norm, Gelu, new Dense()]) { SkipScale = 0.9 }).Behaviour.Should().Be(behaviour);
        Judge(new Residual([new Dense(), Tanh, new Dense()]), norm).Behaviour.Should().Be(behaviour);
    }

    [Fact]
    public void Feedforward_stacks_without_norms_get_the_verdicts_of_the_table()
    {
        Judge(new Dense(), Relu).Behaviour.Should().Be(Behaviour.Line);
        Judge(new Dense(), new Activation(new Function(FunctionKind.Linear))).Behaviour.Should().Be(Behaviour.WellBehaved);
        var ordered = Judge(Tanh, new Dense { Parameters = new(0.81, 0.09) });
        (ordered.Behaviour, ordered.Law).Should().Be((Behaviour.Point, "F1"));
        DepthTests.Digits(ordered.DepthScale, 1.9600, 4);
        var chaotic = Judge(Tanh, new Dense { Parameters = new(2.25, 0.01) });
        (chaotic.Behaviour, chaotic.Law).Should().Be((Behaviour.Exploding, "F2"));
        DepthTests.Digits(0.5 * Math.Log(chaotic.SquaredGrowth), 0.060689, 6);
        chaotic.Words.Should().StartWith("chaotic, exploding").And.Contain("0.0607").And.Contain("c* = 0.1801");
        var edge = Judge(Tanh, new Dense { Parameters = new(1.7007963723, 0.04) });
        (edge.Behaviour, edge.Exponent).Should().Be((Behaviour.Edge, 0.5));
        edge.Suggestions.Should().BeEmpty();
        Judge(Tanh, new Dense { Parameters = new(1) }).Words.Should().Contain("ν₂ vanishes as 1/l,");
        Judge(new Dense(), Gelu).Words.Should().StartWith("line: the scale vanishes");
        Judge(new Dense { Parameters = new(2, 0.1) }, Relu).Words.Should().StartWith("point: the variance of the biases");
        Judge(new Dense { Parameters = new(1, 0.5) }, Relu).Law.Should().Be("F1");
        Judge(new Dense { Parameters = new(8) }, Gelu).Behaviour.Should().Be(Behaviour.Line, "where variances grow without end, GELU is nearly a ReLU");

        Judge(new Dense(), Relu, new Dense { Parameters = new(1) }, new Activation(Function.LeakyRelu(0.2)))
            .Words.Should()
            .StartWith("line")
            .And.Contain("values shrink", "homogeneous layers may differ");
        Judge(new Dense(), new Activation(Function.LeakyRelu(1))).Behaviour.Should().Be(Behaviour.WellBehaved, "a slope of 1 is linear");
        Judge(new Dense { Parameters = new(3, 0.1) }, Relu).Words.Should().StartWith("line").And.Contain("values grow");

        // Masks that all points share only multiply σ_w².
        Judge(new Dense { Parameters = new(1.6) }, Relu, new Dropout(0.8)).Words.Should().NotContain("values");
        Judge(new Dense { Parameters = new(1.6) }, Relu).Words.Should().Contain("values shrink");
    }

    [Theory]
    [InlineData("relu", 1.2111738962)]
    [InlineData("abs", 1.6588967400)]
    [InlineData("tanh", 1.0852682767)]
    [InlineData("gelu", 1.1484097574)]
    [InlineData("silu", 1.1009455549)]
    public void Feedforward_batch_norm_is_judged_as_exploding_for_every_activation(string word, double increment)
    {
        var verdict = Judge(new Dense(), new BatchNorm { Epsilon = 0 }, new Activation(new Function(Function.Find(word)!.Value)));
        (verdict.Behaviour, verdict.Law, verdict.Scope).Should().Be((Behaviour.Exploding, "F7", "infinite width and large batch"));
        DepthTests.Digits(Math.Sqrt(verdict.SquaredGrowth), increment, 9);
    }

    [Theory]
    [InlineData("tanh", 1.1778072323)]
    [InlineData("gelu", 1.0720315984)]
    [InlineData("silu", 1.0666342412)]
    public void Layer_norm_is_judged_as_exploding_at_its_constant_except_for_homogeneous_activations(string word, double squared)
    {
        var activation = new Activation(new Function(Function.Find(word)!.Value));
        foreach (var norm in (Norm[])[new LayerNorm { Epsilon = 0 }, new RmsNorm { Epsilon = 0 }])
        {
            DepthTests.Digits(Judge(norm, activation, new Dense { Parameters = new(0.7) }).SquaredGrowth, squared, 9);
            Judge(norm, activation, new Dense()).Behaviour.Should().Be(Behaviour.Exploding);
        }

        var relu = Judge(new Dense(), new LayerNorm(), Relu);
        (relu.Behaviour, relu.Exponent).Should().Be((Behaviour.Point, 1), "χ grows as l and the share falls as 1/l²");
        Judge(new Dense { Parameters = new(1, 3) }, new LayerNorm(), activation)
            .Words.Should()
            .StartWith("ordered, point", "large biases draw all points together");
    }

    [Theory]
    [InlineData("relu", 0.233471, 0.575960)]
    [InlineData("tanh", 0.088904, 0.193615)]
    [InlineData("gelu", 0.159422, 0.369676)]
    [InlineData("sine", 0.156518, 0.362031)]
    public void Batch_normalised_branches_are_judged_as_a_power_law_with_the_exponent_of_the_norm_constant(string word, double one, double two)
    {
        Layers once = [new BatchNorm { Epsilon = 0 }, new Activation(new Function(Function.Find(word)!.Value)), new Dense()];
        foreach (var scale in (double[])[1, 0.3])
        {
            DepthTests.Digits(Judge(new Residual(once) { BranchScale = scale }).Exponent, one, 6);
            var verdict = Judge(new Residual([new Repeat(2, once)]) { BranchScale = scale });
            (verdict.Behaviour, verdict.Law).Should().Be((Behaviour.WellBehaved, "Z2"));
            DepthTests.Digits(verdict.Exponent, two, 6);
        }
    }

    [Fact]
    public void Pre_norm_branches_of_tanh_have_the_published_exponent_and_those_of_a_ReLU_a_logarithm()
    {
        Layers once = [new LayerNorm { Epsilon = 0 }, Tanh, new Dense()];
        var tanh = Judge(new Residual([new Repeat(2, once)]));
        DepthTests.Digits(tanh.Exponent, 0.1936, 4);
        tanh.Words.Should().StartWith("well-behaved, power law").And.Contain("τ = ½(κ - 1) = 0.1936");
        DepthTests.Digits(Judge(new Residual([new Repeat(2, [new LayerNorm { Epsilon = 0 }, Gelu, new Dense()])])).Exponent, 0.0746, 4);
        Judge(new Residual([new LayerNorm(), Relu, new Dense()])).Words.Should().Be("well-behaved, power law: χ grows as ln l");

        // What stands before the activation within the branch counts: a variance other than 1 there is another constant.
        var wide = Judge(new Residual([new LayerNorm { Epsilon = 0 }, new Dense { Parameters = new(4) }, Tanh, new Dense()]));
        var moments = DualActivationTests.Dual("tanh").Moments(4);
        wide.Exponent.Should().BeApproximately(0.5 * ((4 * moments.SquareSlope / moments.Square) - 1), 1e-9);
    }

    [Theory]
    [InlineData("relu", 0.2274)]
    [InlineData("tanh", 0.0885)]
    public void A_factor_after_the_residual_sum_is_judged_as_exploding(string word, double logarithm)
    {
        Layers branch = [new Repeat(2, [new BatchNorm { Epsilon = 0 }, new Activation(new Function(Function.Find(word)!.Value)), new Dense()])];
        var verdict = Judge(new Residual(branch) { BranchScale = Math.Sqrt(0.5), SkipScale = Math.Sqrt(0.5) });
        verdict.Behaviour.Should().Be(Behaviour.Exploding);
        DepthTests.Digits(0.5 * Math.Log(verdict.SquaredGrowth), logarithm, 4);
        verdict.Suggestions.Should().ContainSingle(suggestion => suggestion.Change == "\"skip_scale\": 1");
    }

    [Theory]
    [InlineData("tanh", 0.0426)]
    [InlineData("gelu", 0.0177)]
    [InlineData("relu", 0)]
    public void Norms_after_equal_residual_sums_explode_at_half_the_feedforward_rate(string word, double logarithm)
    {
        var function = new Function(Function.Find(word)!.Value);
        var equal = new Dense { Parameters = new(1 / DualActivation.For(function).Moments(1).Square) };
        var verdict = Judge(new Residual([new Activation(function), equal]), new LayerNorm { Epsilon = 0 });
        (0.5 * Math.Log(verdict.SquaredGrowth)).Should().BeApproximately(logarithm, 5e-5);
        verdict.Words.Should().Contain("w = 0.5");
    }

    [Fact]
    public void The_scale_of_a_branch_decides_whether_a_stack_is_bounded()
    {
        Layers plain = [Relu, new Dense()];
        Judge(new Residual(plain)).Behaviour.Should().Be(Behaviour.Line);
        Judge(new Residual(plain)).Words.Should().Contain("E ν₂ grows by the factor 2 a unit").And.Contain("w = 0.5");
        Judge(new Residual(plain) { BranchScale = ResidualScale.ByDepth }).Words.Should().Contain("stay bounded and directions are kept at every depth");
        Judge(new Residual(plain) { BranchScale = 0 }).Behaviour.Should().Be(Behaviour.Identity);
        Judge(new Residual([new Attention(1)]) { BranchScale = 0 })
            .Behaviour.Should()
            .Be(Behaviour.Identity, "what a silent branch holds is of no consequence");
        Judge(new Residual([new BatchNorm { Scale = 0 }, Relu, new Dense()])).Behaviour.Should().Be(Behaviour.Identity, "a last norm with γ = 0");
        Judge(new Residual([Tanh, new Dense()])).Law.Should().Be("F9");
        var sine = Judge(new Residual([new Activation(new Function(FunctionKind.Sine)), new Dense { Parameters = new(1.5) }]) { BranchScale = 0.5 });
        sine.SquaredGrowth.Should().BeApproximately(1 + (0.25 * 1.5 / 2), 1e-12);
        Judge(new Residual([new LayerNorm(), Tanh, new Dense()]) { BranchScale = ResidualScale.ByUnit }).Words.Should().Contain("ln l");
        Judge(new Residual([new LayerNorm(), Tanh, new Dense()]) { Survival = 0.8 }).Words.Should().Contain("units that survive");
    }

    [Fact]
    public void A_stack_that_no_law_covers_is_reported_as_such()
    {
        foreach (
            var (unit, word) in ((Layers, string)[])
                [
                    ([new Residual([new Attention(2)])], "attention"),
                    ([new Residual([new LayerNorm(), new Attention(2)]), new LayerNorm()], "attention"),
                    ([new Residual([new BatchNorm(), new Attention(2)]), new Residual([new LayerNorm(), new Dense()])], "residual"),
                    ([new Dense(), new MaxPool(2), Relu], "max_pool"),
                    ([new Residual([new Dense(), Relu])], "mean is not zero"),
                    ([new Residual([new LayerNorm(), new Dense(), Relu])], "mean is not zero"),
                    ([new Residual([new Dense(), new BatchNorm()]), Relu], "relu"),
                    ([new Dense(), Relu, new Dropout(0.5) { Mask = DropoutMask.ByPoint }], "dropout"),
                    ([new Residual([Relu, new Dense()]), new Residual([Relu, new Dense()])], "residual"),
                    ([new Dense(), Relu, new Dense(), Tanh], "whose layers differ"),
                    ([Relu], "without weights"),
                    ([new Dense(), new InstanceNorm(), Relu], "instance_norm"),
                    ([new Convolution(3) { Groups = 2 }, Relu], "conv"),
                ]
        )
        {
            var verdict = StackJudge.Judge(new Repeat(4, unit), "here");
            verdict.Behaviour.Should().Be(Behaviour.Unknown, "{0}", unit);
            verdict.Words.Should().StartWith("theory does not reach").And.Contain(word);
            verdict.Suggestions.Should().BeEmpty("advice never goes beyond a law");
        }

        StackJudge.Judge(new Network("none", new Shape(1, 1, 4), [new Dense(), Relu])).Should().BeEmpty();
    }

    [Fact]
    public void Advice_names_the_smallest_change_and_its_prediction_holds()
    {
        // Off the edge: the weights on it, which the verdict on the changed unit confirms.
        var chaotic = Judge(Tanh, new Dense { Parameters = new(2.25, 0.04) });
        chaotic.Suggestions[0].Change.Should().Contain("1.700796372").And.Contain("σ_w = 1.30414584");
        Judge(Tanh, new Dense { Parameters = new(1.7007963723, 0.04) }).Behaviour.Should().Be(Behaviour.Edge);

        // GELU's edge at small biases repels: a network that starts there leaves it, so nobody is sent there.
        Judge(Gelu, new Dense { Parameters = new(1, 0.01) }).Suggestions.Should().NotContain(suggestion => suggestion.Change.Contains("edge of chaos"));

        // A ReLU's collapse: branches scaled by the depth, or begun by a norm.
        var line = Judge(new Residual([Relu, new Dense()]));
        line.Suggestions.Select(suggestion => suggestion.Law).Should().OnlyContain(law => law == "Z2");
        Judge(new Residual([Relu, new Dense()]) { BranchScale = ResidualScale.ByDepth }).Behaviour.Should().Be(Behaviour.WellBehaved);
        Judge(new Residual([new LayerNorm(), Relu, new Dense()])).Behaviour.Should().Be(Behaviour.WellBehaved);

        // A feedforward batch norm as a branch: the exponent that the suggestion names.
        var exploding = Judge(new BatchNorm { Epsilon = 0 }, Relu, new Dense());
        exploding.Suggestions[0].Prediction.Should().Contain("0.2335");
        Judge(new Residual([new BatchNorm { Epsilon = 0 }, Relu, new Dense()])).Exponent.Should().BeApproximately(0.2335, 5e-5);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Verdicts_on_norms_after_activations_agree_with_the_recursion(double variance)
    {
        Layers unit = [new Dense { Parameters = new(variance) }, Tanh, new LayerNorm { Epsilon = 0 }];
        var verdict = StackJudge.Judge(new Repeat(2, unit), "here");
        var (x, dx) = NetworkPredictionTests.Batch(5, 9);
        var network = new Network("after", new Shape(1, 1, 9), [new Dense { Channels = 64 }, new Repeat(150, unit)]);
        var ends = NetworkPrediction.Make(network, network.Input, x, dx, 1).Places.Where(place => place.Place.Number == 4).ToArray();
        (2 * (ends[^1].LogChi - ends[^11].LogChi) / 10).Should().BeApproximately(Math.Log(verdict.SquaredGrowth), 1e-4);
    }

    [Fact]
    public void Advice_on_edges_takes_masks_and_factors_into_account()
    {
        // σ_w² of 1.6 after masks of 0.8 is one of 2.
        var masked = Judge(Tanh, new Dropout(0.8), new Dense { Parameters = new(1.8, 0.04) });
        var unit = masked.Suggestions[0].Unit!;
        unit.OfType<Dense>().Single().Parameters.WeightVariance.Should().BeApproximately(0.8 * 1.7007963723, 1e-9);
        Judge([.. unit]).Behaviour.Should().Be(Behaviour.Edge);
        Judge(Tanh, new Dropout(1e-300), new Dense { Parameters = new(1.8, 0.04) }).Suggestions[0].Change.Should().Contain("E-300", "nought is another thing");
    }

    /// <summary>What advice changes is a unit that the verdict on it calls well-behaved, or the edge.</summary>
    [Fact]
    public void A_unit_changed_as_advised_is_judged_as_the_advice_says()
    {
        foreach (
            var unit in (Layers[])
                [
                    [Tanh, new Dense { Parameters = new(2.25, 0.04) }],
                    [new Dense(), Relu],
                    [new Dense(), new BatchNorm(), Relu],
                    [new Dense(), Tanh, new LayerNorm()],
                    [new Dense(), Relu, new LayerNorm()],
                    [Tanh, new Dense { Parameters = new(2.25, 0.04) }, Tanh, new Dense { Parameters = new(2.25, 0.04) }],
                    [new Residual([Relu, new Dense()]) { SkipScale = 0.8 }],
                    [new Dense { Parameters = new(1, 0.3) }, new LayerNorm(), Relu],
                    [new Residual([Relu, new Dense()])],
                    [new Residual([Tanh, new Dense()])],
                    [new Residual([new LayerNorm(), Tanh, new Dense()]) { SkipScale = 0.8 }],
                    [new Residual([Tanh, new Dense()]), new LayerNorm()],
                ]
        )
        {
            var verdict = StackJudge.Judge(new Repeat(20, unit), "here");
            verdict.Suggestions.Should().NotBeEmpty("{0}", unit);
            foreach (var suggestion in verdict.Suggestions)
            {
                suggestion.Unit.Should().NotBeNull("{0} can be made of {1}", suggestion.Change, unit);
                var changed = StackJudge.Judge(new Repeat(20, suggestion.Unit!), "here");
                changed
                    .Behaviour.Should()
                    .Match(
                        behaviour => behaviour == Behaviour.WellBehaved || behaviour == Behaviour.Edge || suggestion.Change.Contains("bias_variance"),
                        "{0} of {1}",
                        suggestion.Change,
                        unit
                    );
                if (Regex.Match(suggestion.Prediction, "τ = ([0-9.]+)") is { Success: true } stated)
                {
                    double.Parse(stated.Groups[1].Value, CultureInfo.InvariantCulture).Should().BeApproximately(changed.Exponent, 5e-5, "{0}", unit);
                }
            }
        }
    }

    [Fact]
    public void Verdicts_are_unknown_where_the_layer_by_layer_prediction_ends()
    {
        Judge(new Dense(), new LayerNorm(), Gelu, Relu)
            .Words.Should()
            .StartWith("theory does not reach units with this relu: it follows channels that are not Gaussian");
        Judge(new Dense(), Relu, new BatchNorm(), Relu).Behaviour.Should().Be(Behaviour.Unknown);
        Judge(new Residual([new BatchNorm(), Relu, Relu, new Dense()])).Behaviour.Should().Be(Behaviour.Unknown);

        // Theory ends within the units: what was before them leaves no law of them.
        Layers exploding = [new Dense(), new LayerNorm(), Gelu];
        var (inside, within) = Both([
            new Dense { Channels = 32 },
            new Residual([new Dense()]) { Survival = 0.5 },
            new Repeat(6, [new LayerNorm(), Gelu, new Dense()]),
        ]);
        inside
            .Words.Should()
            .StartWith("theory does not reach units with this layer_norm: it follows a branch that is dropped in some mappings")
            .And.Contain(within.End!.Path);
        inside.Suggestions.Should().BeEmpty();

        // Before them: the law is that of the units alone, and nothing is read off the batch.
        var (after, before) = Both([new Dense { Channels = 32 }, Relu, Relu, new Repeat(6, exploding)]);
        after.Behaviour.Should().Be(Behaviour.Exploding);
        after.Words.Should().Contain("by themselves");
        Reach
            .State(new Network("x", new Shape(1, 1, 9), [new Dense { Channels = 32 }, Relu, Relu, new Repeat(6, exploding)]), before, [after])
            .Should()
            .NotContain(statement => statement.Words.Contains("signal-to-noise"));
    }

    [Fact]
    public void T4_T5_attention_is_judged_as_collapsing_tokens_at_the_predicted_rate()
    {
        Judge(new LayerNorm(), new Attention(2)).Should().Match<StackVerdict>(verdict => verdict.Behaviour == Behaviour.Point && verdict.Law == "T4");
        Judge(new Residual([new LayerNorm(), new Attention(2)])).Words.Should().Contain("l^-1;");

        // Equal gains: half the power. LeCun's attention adds 1, and so does the MLP.
        Layers mlp = [new LayerNorm { Epsilon = 0 }, new Dense { Parameters = new(1) }, Relu, new Dense { Parameters = new(2) }];
        var both = Judge(new Residual([new LayerNorm(), new Attention(2)]), new Residual(mlp));
        (both.Behaviour, both.Law).Should().Be((Behaviour.WellBehaved, "T5"));
        both.Words.Should().Contain("l^-0.5;");
        Judge([.. both.Suggestions.Single().Unit!]).Words.Should().Contain("stay apart at every depth");

        // A walk through kernels ends where few heads leave them random; the law of many heads does not.
        var (x, dx) = NetworkPredictionTests.Batch(8, 6);
        var network = new Network(
            "tokens",
            new Shape(2, 2, 6),
            [new Dense { Channels = 6 }, new Repeat(3, [new Residual([new LayerNorm(), new Attention(2)])])]
        );
        var verdict = StackJudge.Judge(network, NetworkPrediction.Make(network, network.Input, x, dx, 1)).Single();
        (verdict.Behaviour, verdict.Law).Should().Be((Behaviour.WellBehaved, "T5"));
        verdict.Words.Should().Contain("with few heads kernels are random");
    }

    [Fact]
    public void A_verdict_states_the_growth_of_a_batch_that_differs_from_the_law()
    {
        Layers unit = [new Dense(), new BatchNorm(), Relu];
        var (few, _) = Both([new Dense { Channels = 32 }, new Repeat(12, unit)], points: 5);
        few.Behaviour.Should().Be(Behaviour.Exploding);
        few.Words.Should().Contain("on this batch χ grows by the factor").And.Contain("not by 1.211");
        double.IsNaN(few.LogGrowthOfBatch).Should().BeFalse();
        var (many, prediction) = Both([new Dense { Channels = 32 }, new Repeat(12, unit)], points: 48);
        many.Words.Should().NotContain("on this batch");
        double.IsNaN(many.LogGrowthOfBatch).Should().BeTrue();
        prediction.End.Should().BeNull();

        // Too few directions for the expansion: the law is that of larger batches.
        Both([new Dense { Channels = 32 }, new Repeat(6, [new Dense(), new BatchNorm(), Tanh])], points: 5)
            .Verdict.Words.Should()
            .Contain("too small for that law");
    }

    /// <summary>The variance of leaky branches with biases is γ²q + α²(aq + b): where it grows, biases become negligible.</summary>
    [Theory]
    [InlineData("relu", 0.5)]
    [InlineData("abs", 1)]
    public void Leaky_branches_with_biases_end_on_a_line_at_the_speed_of_those_without(string word, double half)
    {
        var activation = new Activation(new Function(Function.Find(word)!.Value));
        foreach (var biases in (double[])[0, 0.1])
        {
            var verdict = Judge(new Residual([activation, new Dense { Parameters = new(2, biases) }]));
            (verdict.Behaviour, verdict.Law).Should().Be((Behaviour.Line, "W4, Z2, F4"));
            verdict.Words.Should().Contain($"w = {FeedforwardStack.Number(2 * half / (1 + (2 * half)))}");
        }

        Judge(new Residual([new Activation(Function.LeakyRelu(0.1)), new Dense { Parameters = new(2, 0.1) }]) { Survival = 0.5 })
            .Behaviour.Should()
            .Be(Behaviour.Line);
    }

    [Fact]
    public void Leaky_branches_whose_variance_settles_by_their_biases_are_ordered()
    {
        var verdict = Judge(new Residual([Relu, new Dense { Parameters = new(0.5, 0.3) }]) { SkipScale = Math.Sqrt(0.5) });
        (verdict.Behaviour, verdict.Law).Should().Be((Behaviour.Point, "F1"));

        // Two points of equal variance, by the arc-cosine kernel: from the distance on, since a covariance would lose it to rounding.
        var (q, distance, ratio) = (1.0, 0.5, 1.0);
        for (var unit = 0; unit < 80; unit++)
        {
            var angle = 2 * Math.Asin(Math.Sqrt(distance / (2 * q)));
            var kept = ((Math.PI * Math.Cos(angle)) + Math.Sin(angle) - (angle * Math.Cos(angle))) / Math.PI;
            var lost = angle < 1e-3 ? angle * angle / 2 : 1 - kept;
            var next = (0.5 * distance) + (0.25 * q * lost);
            (ratio, distance, q) = (next / distance, next, (0.5 * q) + (0.25 * q) + 0.3);
        }

        Math.Exp(-1 / verdict.DepthScale).Should().BeApproximately(ratio, 1e-3);
        Judge(new Residual([Relu, new Dense { Parameters = new(1, 0.3) }]) { SkipScale = Math.Sqrt(0.5) })
            .Words.Should()
            .StartWith("point: the variance of the biases", "its factor is 1");
    }

    /// <summary>Linear layers multiply differences of points by G, and the variance becomes Gq + b.</summary>
    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(1, 0.25)]
    [InlineData(1.5, 0.25)]
    [InlineData(0.5, 0)]
    public void Linear_layers_with_biases_lose_differences_unless_values_grow(double gain, double biases)
    {
        var share = Share(400) / Share(200);
        foreach (
            var verdict in (StackVerdict[])
                [
                    Judge(new Dense { Parameters = new(gain, biases) }),
                    Judge(new Dense { Parameters = new(gain, 0) }, new Scaling(2), new Dense { Parameters = new(0.25, biases) }),
                    Judge(new Residual([new Dense { Parameters = new(gain - 0.25, biases) }]) { SkipScale = 0.5 }),
                ]
        )
        {
            verdict.Behaviour.Should().Be(share < 0.9 ? Behaviour.Point : Behaviour.WellBehaved, verdict.Words);
            verdict.SquaredGrowth.Should().Be(1, "differences and noise are multiplied by the same factor");
            if (share < 0.9)
            {
                var expected = gain < 1 ? Math.Pow(gain, 200) : 0.5;
                share.Should().BeApproximately(expected, 0.01 * expected);
                verdict.DepthScale.Should().BeApproximately(gain < 1 ? -1 / Math.Log(gain) : double.PositiveInfinity, 1e-12);
                Judge([.. verdict.Suggestions.Single().Unit!]).Behaviour.Should().Be(Behaviour.WellBehaved);
            }
        }

        double Share(int depth)
        {
            var (q, difference) = (1.0, 0.5);
            for (var layer = 0; layer < depth; layer++)
            {
                (q, difference) = ((gain * q) + biases, gain * difference);
            }

            return difference / q;
        }
    }

    private static readonly Dense Zero = new() { Parameters = new(0) };

    /// <summary>Units that add nothing, or that are linear.</summary>
    private static readonly Dictionary<string, (Layers Unit, Behaviour Behaviour)> Unchanging = new()
    {
        ["Fixup"] = ([new Residual([Relu, new Dense(), Relu, Zero])], Behaviour.Identity),
        ["tanh and zero weights"] = ([new Residual([Tanh, Zero])], Behaviour.Identity),
        ["a last norm with γ = 0"] = ([new Residual([new Dense(), Relu, new Dense(), new BatchNorm { Scale = 0 }])], Behaviour.Identity),
        ["α = 0 and a norm"] = ([new Residual([Relu, new Dense()]) { BranchScale = 0 }, new LayerNorm()], Behaviour.Identity),
        ["zero weights and a norm"] = ([new Residual([Relu, Zero]), new LayerNorm()], Behaviour.Identity),
        ["a linear branch, γ = ½"] = ([new Residual([new LayerNorm { Epsilon = 0 }, new Dense()]) { SkipScale = 0.5 }], Behaviour.WellBehaved),
        ["a linear branch before a norm"] = ([new Residual([new Dense()]), new LayerNorm { Epsilon = 0 }], Behaviour.WellBehaved),
        ["a linear branch after a norm"] = ([new Residual([new LayerNorm(), new Dense()])], Behaviour.WellBehaved),
        ["a linear branch"] = ([new Residual([new Dense()])], Behaviour.WellBehaved),
        ["a linear layer"] = ([new Dense()], Behaviour.WellBehaved),
        ["a linear layer before a norm"] = ([new Dense(), new LayerNorm()], Behaviour.WellBehaved),
    };

    public static TheoryData<string> NamesOfUnchanging => [.. Unchanging.Keys];

    /// <summary>Nothing is wrong with such units, so they get no advice; the recursion shows that χ and directions stay.</summary>
    [Theory]
    [MemberData(nameof(NamesOfUnchanging))]
    public void Stacks_that_change_nothing_are_judged_so_and_get_no_advice(string name)
    {
        var (unit, behaviour) = Unchanging[name];
        var (verdict, prediction) = Both([new Dense { Channels = 32 }, new Repeat(40, unit)]);
        verdict.Behaviour.Should().Be(behaviour, verdict.Words);
        verdict.Suggestions.Should().BeEmpty();
        verdict.Words.Should().NotContain("w = 0").And.NotContain("ln l");
        verdict.SquaredGrowth.Should().Be(1);

        // Norms first make the norms of the points equal; beside skip connections this takes units, fewer than fifteen up to the tolerance.
        var ends = prediction.Places.GroupBy(place => place.Place.Depth).Select(places => places.Last()).ToArray();
        ends[^1].LogChi.Should().BeApproximately(ends[^25].LogChi, 0.01);
        (ends[^1].ReffSignal / ends[^25].ReffSignal).Should().BeApproximately(1, 0.02);
    }

    [Fact]
    public void Branches_that_add_the_same_to_all_points_leave_what_these_differ_in()
    {
        Layers branch = [new Dense { Parameters = new(0, 0.3) }];
        Judge(new Residual(branch)).Words.Should().StartWith("point").And.Contain("falls as 1/l");
        Judge(new Residual(branch) { SkipScale = 0.5 }).DepthScale.Should().BeApproximately(1 / Math.Log(4), 1e-12);
        Judge(new Residual([new BatchNorm(), .. branch])).Words.Should().StartWith("point").And.Contain("falls as 1/l");
        Judge(new Residual([new Dense { Parameters = new(0) }]) { SkipScale = 0 }).Words.Should().Contain("passes a signal on");
        Judge(new Dense { Parameters = new(0) }, Relu).Words.Should().Contain("pass no signal on");
    }

    /// <summary>Without a skip connection a sum is its branch, whatever its scale.</summary>
    [Fact]
    public void Sums_without_a_skip_connection_are_judged_as_the_feedforward_stack_that_they_are()
    {
        var norm = new LayerNorm { Epsilon = 0 };
        foreach (var scale in (ResidualScale[])[ResidualScale.One, ResidualScale.ByDepth])
        {
            var verdict = Judge(new Residual([Tanh, new Dense()]) { SkipScale = 0, BranchScale = scale }, norm);
            verdict.Behaviour.Should().Be(Behaviour.Exploding);
            DepthTests.Digits(verdict.SquaredGrowth, 1.1778072323, 9);
            verdict.Suggestions.Any().Should().Be(scale == ResidualScale.One, "advice makes no layers of factors");
        }
    }

    /// <summary>A unit without its branch still multiplies the skip connection by γ, so the next branch has more than 1 - γ² of the sum.</summary>
    [Fact]
    public void Stochastic_depth_beside_a_scaled_skip_connection_has_no_law()
    {
        Layers branch = [new BatchNorm(), Relu, new Dense()];
        foreach (var stack in (Layers[])[branch, [Relu, new Dense()]])
        {
            Judge(new Residual(stack) { SkipScale = 0.7, Survival = 0.5 }).Words.Should().StartWith("theory does not reach scaled skip connections");
            Judge(new Residual(stack) { Survival = 0.5 }).Words.Should().Contain("units that survive");
        }

        Judge(new Residual(branch) { SkipScale = 1.1, Survival = 0.5 }).Words.Should().StartWith("well-behaved").And.NotContain("survive");
    }

    /// <summary>Masks leave the mean over channels as it is, so a layer norm after them takes away less of the square.</summary>
    [Fact]
    public void A_mask_before_a_layer_norm_leaves_the_mean_that_the_norm_subtracts()
    {
        // After a ReLU and a mask of ½: mean square q, squared mean q/(2π), noise as before.
        Layers unit = [new Dense(), Relu, new Dropout(0.5), new LayerNorm { Epsilon = 0 }];
        var verdict = Judge([.. unit]);
        verdict.SquaredGrowth.Should().BeApproximately(1 / (1 - (1 / (2 * Math.PI))), 1e-12);

        var ends = Both([new Dense { Channels = 32 }, new Repeat(60, unit)]).Prediction.Places.Where(place => place.Place.EndsUnit).ToArray();
        (2 * (ends[^1].LogChi - ends[^11].LogChi) / 10).Should().BeApproximately(Math.Log(verdict.SquaredGrowth), 1e-3);
    }

    [Fact]
    public void A_scale_after_weights_multiplies_their_biases_too()
    {
        var verdict = Judge(new Dense { Parameters = new(1, 0.1) }, new Scaling(2), Tanh);

        // The fixed point of q ← 4 E tanh² + 0.4, by iteration.
        var q = 1.0;
        for (var layer = 0; layer < 200; layer++)
        {
            q = (4 * Mean(q, u => Math.Pow(Math.Tanh(u), 2))) + 0.4;
        }

        verdict.Field!.Variance.Should().BeApproximately(q, 1e-6);
        verdict.SquaredGrowth.Should().BeApproximately(4 * Mean(q, u => Math.Pow(Math.Cosh(u), -4)), 1e-6);
        Judge([.. verdict.Suggestions[0].Unit!]).Behaviour.Should().Be(Behaviour.Edge, verdict.Suggestions[0].Change);

        Judge(new Scaling(2), new Dense { Parameters = new(1, 0.4) }, Tanh).SquaredGrowth.Should().BeApproximately(verdict.SquaredGrowth, 1e-9);
    }

    [Fact]
    public void A_scale_beside_one_of_several_layers_is_not_spread_over_the_others()
    {
        var layer = new Dense { Parameters = new(1, 0.1) };
        Judge(layer, new Scaling(3), Tanh, layer, Tanh).Words.Should().Contain("whose layers differ");
        Judge(layer, Tanh, layer, new Dropout(1), new Scaling(3), Tanh).Words.Should().Contain("whose layers differ");
        var equal = Judge(layer, new Scaling(3), Tanh, layer, new Scaling(3), Tanh);
        equal.SquaredGrowth.Should().BeApproximately(Math.Pow(Judge(layer, new Scaling(3), Tanh).SquaredGrowth, 2), 1e-9);
    }

    /// <summary>T5's own premises, as a recursion: attention adds g_a to q, the MLP g_m to q and κ g_m (1-ρ) to q(1-ρ).</summary>
    [Theory]
    [InlineData(2, 4, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 1, 0.5)]
    public void T5_counts_how_an_MLP_changes_the_differences_of_tokens(double first, double last, double biases)
    {
        Layers mlp = [new LayerNorm { Epsilon = 0 }, new Dense { Parameters = new(first) }, Tanh, new Dense { Parameters = new(last, biases) }];
        var words = Judge(new Residual([new LayerNorm(), new Attention(2)]), new Residual(mlp)).Words;

        var added = (last * Mean(first, u => Math.Pow(Math.Tanh(u), 2))) + biases;
        var differences = last * first * Mean(first, u => Math.Pow(Math.Cosh(u), -4));
        var (q, difference, middle) = (1.0, 1e-9, 0.0);
        for (var unit = 1; unit <= 40_000; unit++)
        {
            (q, difference) = (q + 1 + added, difference * (1 + (differences / q)));
            middle = unit == 10_000 ? difference / q : middle;
        }

        var exponent = Math.Log(middle * q / difference) / Math.Log(4);
        var stated = double.Parse(Regex.Match(words, "1-ρ ~ l\\^-([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        stated.Should().BeApproximately(exponent, 1e-3, words);
        words.Contains("differences between sequences are kept", StringComparison.Ordinal).Should().Be(differences >= added);
    }

    [Fact]
    public void T5_does_not_reach_MLPs_that_move_tokens_apart()
    {
        Layers mlp = [new LayerNorm { Epsilon = 0 }, new Dense { Parameters = new(16) }, Tanh, new Dense { Parameters = new(4) }];
        Judge(new Residual([new LayerNorm(), new Attention(2)]), new Residual(mlp)).Words.Should().StartWith("theory does not reach").And.Contain("apart");
    }

    /// <summary>F9: biases are part of the values that saturate, and none of the noise.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Biases_slow_the_explosion_of_saturating_branches(double biases)
    {
        var verdict = Judge(new Residual([new Activation(new Function(FunctionKind.Erf)), new Dense { Parameters = new(1, biases) }]));

        var (q, noise, middle) = (1.0, 0.0, 0.0);
        for (var unit = 1; unit <= 160_000; unit++)
        {
            noise += Math.Log(1 + (4 / Math.PI / Math.Sqrt(1 + (4 * q))));
            q += (2 / Math.PI * Math.Asin(2 * q / (1 + (2 * q)))) + biases;
            middle = unit == 40_000 ? noise : middle;
        }

        // Twice ln χ; what is left out is of the order of ln l, here about one of a hundred.
        var rate = (noise - middle) / (400 - 200) / 2;
        var stated = double.Parse(Regex.Match(verdict.Words, @"ln χ as ([0-9.]+)·").Groups[1].Value, CultureInfo.InvariantCulture);
        stated.Should().BeApproximately(rate, 0.02 * rate, verdict.Words);
    }

    /// <summary>Layers with weights before a stack are depths as well, in which χ may change otherwise than in the stack.</summary>
    [Fact]
    public void A_batch_is_compared_with_the_law_at_the_depths_of_the_stack()
    {
        var chaotic = Enumerable.Repeat((Layer[])[Tanh, new Dense { Parameters = new(9) }], 12).SelectMany(layers => layers);
        var (verdict, prediction) = Both([new Dense { Channels = 64 }, .. chaotic, new Repeat(8, [new Residual([new LayerNorm(), Relu, new Dense()])])]);
        var ends = prediction.Places.GroupBy(place => place.Place.Depth).Select(places => places.Last().LogChi).ToArray();
        (ends[^1] - ends[^9]).Should().BeLessThan(0.5, "the stack changes χ little");
        (ends[^9] - ends[0]).Should().BeGreaterThan(2, "the layers before it change χ much");
        verdict.Words.Should().NotContain("on this batch");
        double.IsNaN(verdict.LogGrowthOfBatch).Should().BeTrue();
    }

    /// <summary>E f(√q z), by the trapezoidal rule.</summary>
    private static double Mean(double q, Func<double, double> f)
    {
        const double Step = 0.01;
        return Enumerable.Range(-1000, 2001).Select(i => i * Step).Sum(z => Step / Math.Sqrt(2 * Math.PI) * Math.Exp(-z * z / 2) * f(Math.Sqrt(q) * z));
    }

    private static (StackVerdict Verdict, NetworkPrediction Prediction) Both(Layers layers, int points = 6)
    {
        var (x, dx) = NetworkPredictionTests.Batch(points, points + 4);
        var network = new Network("both", new Shape(1, 1, points + 4), layers);
        var prediction = NetworkPrediction.Make(network, network.Input, x, dx, 1);
        return (StackJudge.Judge(network, prediction)[^1], prediction);
    }

    private static StackVerdict Judge(params Layer[] unit) => StackJudge.Judge(new Repeat(20, [.. unit]), "here");
}
