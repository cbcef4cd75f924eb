using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Networks are generated from what a subject offers, judged, and shrunk to a small one where they fail.</summary>
public class GeneratedAuditTests
{
    private const ulong Seed = 26;

    [Fact]
    public void The_reference_holds_on_generated_networks()
    {
        using var reference = new ReferenceSubject();
        var run = GeneratedAudit.Draw(reference, Seed, Breadth.Choose(48, 3000), []);

        run.Findings.Select(finding => $"{finding.Claim}: {finding.Measurement.Quantity} {finding.NetworkJson}").Should().BeEmpty();
        run.Outcomes.Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
        run.Outcomes.Select(outcome => outcome.Check.ClaimId).Should().BeEquivalentTo(GeneratedAudit.Claims, "every claim has a site somewhere");
        run.Networks.Should().Be(2 * Breadth.Choose(48, 3000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_reference_holds_on_generated_networks_of_other_seeds(ulong seed)
    {
        using var reference = new ReferenceSubject();
        var run = GeneratedAudit.Draw(reference, seed, Breadth.Choose(16, 600), []);

        run.Findings.Select(finding => $"{finding.Claim}: {finding.Measurement.Quantity} {finding.NetworkJson} {finding.Description}").Should().BeEmpty();
        run.Outcomes.Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
    }

    [Fact]
    public void Generated_networks_are_of_every_kind_and_depend_only_on_the_seed()
    {
        var (generator, again, other) = (Generator(Seed), Generator(Seed), Generator(Seed + 1));
        GeneratedCase[] cases = [.. Enumerable.Range(0, 400).Select(i => generator.Case(i, given: true)!)];

        cases.Should().NotContainNulls();
        cases[..40]
            .Select(Text)
            .Should()
            .Equal(Enumerable.Range(0, 40).Select(i => Text(again.Case(i, given: true)!)), "the same seed draws the same networks")
            .And.NotIntersectWith(Enumerable.Range(0, 40).Select(i => Text(other.Case(i, given: true)!)));
        cases[..40].Select(Text).Should().NotIntersectWith(Enumerable.Range(0, 40).Select(i => Text(again.Case(i, given: false)!)));
        var layers = cases.SelectMany(drawn => LayerFamilies.All(drawn.Network.Layers)).ToArray();
        layers.Select(layer => layer.Word).Distinct().Should().BeEquivalentTo([.. LayersDescription.AllLayers, .. Function.Words]);
        var convolutions = layers.OfType<Networks.Convolution>().ToArray();
        convolutions.Select(convolution => convolution.Kernel).Distinct().Should().BeEquivalentTo([1, 2, 3, 4, 5, 6, 7]);
        convolutions.Select(convolution => convolution.Boundary).Distinct().Should().HaveCount(3);
        convolutions
            .Should()
            .Contain(convolution => convolution.Stride > 1)
            .And.Contain(convolution => convolution.Dilation > 1)
            .And.Contain(convolution => convolution.Groups != 1)
            .And.Contain(convolution => convolution.Parameters.BiasVariance > 0);
        cases
            .Should()
            .Contain(drawn => drawn.Network.Input.Height != drawn.Network.Input.Width)
            .And.Contain(drawn => drawn.Network.Input.Height == 1)
            .And.Contain(drawn => drawn.Network.Input.Height == 13);
        cases
            .Should()
            .Contain(drawn => drawn.Images == 1)
            .And.Contain(drawn => drawn.Images == 64)
            .And.Contain(drawn => drawn.Network.Depth >= 30)
            .And.Contain(drawn => drawn.Network.Input.Channels == 128);
        cases.Select(drawn => drawn.Input).Distinct().Should().BeEquivalentTo(Enum.GetValues<GeneratedInput>());
        cases.Select(drawn => drawn.Noise).Distinct().Should().BeEquivalentTo(Enum.GetValues<NoiseKind>());
        cases.Select(drawn => drawn.Scale).Distinct().Should().HaveCount(5);
        cases.Count(drawn => drawn.Numbers < 1 << 11).Should().BeGreaterThan(200, "small ones are many");

        static string Text(GeneratedCase drawn) => drawn.Network + drawn.Description;
    }

    /// <summary>What a quick audit draws, whatever the seed.</summary>
    [Theory]
    [InlineData(Seed)]
    [InlineData(Seed + 1)]
    public void A_quick_draw_includes_deep_networks_a_full_batch_and_causal_attention(ulong seed)
    {
        foreach (var given in new[] { true, false })
        {
            GeneratedCase[] cases = [.. Enumerable.Range(0, 32).Select(i => Generator(seed).Case(i, given)!)];

            cases.Count(drawn => drawn.Network.Depth >= 10).Should().BeGreaterThanOrEqualTo(2);
            cases.Max(drawn => drawn.Network.Places.Count(place => place.After is Networks.Convolution)).Should().BeGreaterThan(32);
            cases
                .Where(drawn => drawn.Images == 64)
                .SelectMany(drawn => LayerFamilies.All(drawn.Network.Layers))
                .OfType<Networks.BatchNorm>()
                .Should()
                .NotBeEmpty();
            cases.SelectMany(drawn => LayerFamilies.All(drawn.Network.Layers)).OfType<Attention>().Should().Contain(layer => layer.Causal);
        }
    }

    [Fact]
    public void Generated_networks_use_only_what_the_subject_offers()
    {
        var offer = new NetworkOffer
        {
            Layers = ["conv", "batch_norm"],
            Functions = ["relu"],
            Options = [],
            Boundaries = ["periodic"],
            WeightLaws = ["normal"],
            KernelSizes = [5],
            Epsilons = [0.25],
            Noises = [NoiseKind.Mapping],
            MostImages = 8,
        };
        var cases = Enumerable
            .Range(0, 24)
            .Select(i => new NetworkGenerator(offer, Math.ScaleB(1, -24), Seed).Case(i, given: false))
            .OfType<GeneratedCase>()
            .ToArray();

        cases.Should().HaveCountGreaterThan(12);
        foreach (var drawn in cases)
        {
            offer.WhyNot(drawn.Network, drawn.Images, drawn.Noise, given: false).Should().BeNull();
        }

        GeneratedAudit.Draw(new Silent(), Seed, 10, []).Networks.Should().Be(0, "it takes no layers");
    }

    /// <summary>Every twelfth of the wrong interpreters of operations, which generated networks show, and all of them at night.</summary>
    [Fact]
    public void Wrong_layers_are_found_and_the_network_is_shrunk()
    {
        var missed = new List<string>();
        foreach (var (index, mutant) in LayerMutants.List.Where(mutant => mutant.ClaimId[0] == 'O').Index())
        {
            if (index % Breadth.Choose(12, 1) != 5 % Breadth.Choose(12, 1))
            {
                continue;
            }

            using var subject = mutant.Create();
            var run = GeneratedAudit.Draw(subject, Seed, Breadth.Choose(64, 256), [mutant.ClaimId]);
            if (run.Findings.SingleOrDefault() is not { } finding)
            {
                missed.Add(mutant.Name);
                continue;
            }

            run.Outcomes.Should().ContainSingle().Which.Verdict.Should().Be(Verdict.Rejected);
            LayerFamilies.All(finding.Network.Layers).Should().HaveCountLessThan(5, "{0} shows on one layer, found on {1}", mutant.Name, finding.NetworkJson);
        }

        // What needs sixty places or more than four channels of a group is rare in so few networks.
        missed.Should().HaveCountLessThan(Breadth.Choose(2, 12), string.Join("; ", missed));
    }

    [Theory]
    [InlineData("the seed ignored", "I9")]
    [InlineData("the low byte of the seed ignored", "I9")]
    [InlineData("32 bits of the seed", "I9")]
    [InlineData("52 bits of the seed", "I9")]
    [InlineData("an answer kept by seed and simulation", "I10")]
    [InlineData("another answer each time", "I10")]
    [InlineData("weights that depend on the input", "I10")]
    [InlineData("noise through other weights", "I7")]
    [InlineData("biases where none were asked for", "D8")]
    [InlineData("noise at the next image's signal", "I12")]
    [InlineData("no numbers where there were some", "O5")]
    [InlineData("no numbers where there were some", "I10")]
    [InlineData("no number beside zeros", "D8")]
    [InlineData("moments of the noise for the signal's", "D9")]
    [InlineData("moments of the noise for the signal's, from place 30 on", "D9", 64)]
    public void Faults_of_own_parameters_are_found_by_comparing_answers(string fault, string claim, int networks = 24)
    {
        using var subject = new Faulty(fault);

        var run = GeneratedAudit.Draw(subject, Seed, networks, [claim]);

        run.Findings.Should().ContainSingle(finding => finding.Claim == claim);
    }

    /// <summary>Whether a branch survived is seen in the noise where the signal is nothing; a correct subject was rejected there once.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Survivals_are_told_from_the_noise_where_the_signal_is_nothing(ulong seed)
    {
        using var reference = new ReferenceSubject();
        Networks.Layers layers = [new Repeat(6, [new Residual([]) { Survival = 0.5 }])];

        GeneratedAudit.Ask(reference, new("survivals", new(1, 1, 1), layers), 1, seed, ["O10"]).Findings.Should().BeEmpty();
    }

    [Fact]
    public void A_finding_is_the_same_when_the_audit_is_repeated()
    {
        using var subject = new LayerInterpreter("wrong", new LayerRules { Derivative = (function, u) => 1.01 * WrittenOutFunction.Derivative(function, u) });
        var (first, second) = (GeneratedAudit.Draw(subject, Seed, 8, ["O6"]), GeneratedAudit.Draw(subject, Seed, 8, ["O6"]));
        var finding = first.Findings.Should().ContainSingle().Subject;

        finding.NetworkJson.Should().Be(second.Findings[0].NetworkJson);
        first.Outcomes.Select(outcome => outcome.ToString()).Should().Equal(second.Outcomes.Select(outcome => outcome.ToString()));
        finding.Network.Layers.Should().ContainSingle("a function alone fails");
        (finding.Network.Input.Features * finding.Images).Should().BeLessThan(9, "a few numbers are left");
        finding.ReplayOptions.Should().Be($"--network generated.json --batch-size {finding.Images} --seed {finding.Seed} --claim O6");

        var again = GeneratedAudit.Ask(subject, NetworkTemplate.Parse(finding.NetworkJson).With(), finding.Images, finding.Seed, ["O6"]);
        again.Findings.Should().ContainSingle(same => same.Claim == "O6");
    }

    [Fact]
    public void What_a_subject_declines_when_it_is_asked_counts_as_declined()
    {
        using var halfway = new Declining((noise, weights) => noise == NoiseKind.Full || weights is Weights.Own);
        using var nothing = new Declining((_, _) => true);
        var network = new Network("mine", new(1, 1, 8), [new Dense(), new Activation(Function.Relu)]);

        var half = GeneratedAudit.Ask(halfway, network, 2, Seed, ["O5", "O6", "O7", "I10"]).Outcomes;
        half.Select(outcome => (outcome.Check.ClaimId, outcome.Verdict))
            .Should()
            .Equal([("O5", Verdict.Holds), ("O6", Verdict.Holds), ("I10", Verdict.Declined)], "batch norm is not there to be declined");
        half.Should().OnlyContain(outcome => outcome.Declined.Single() == "not this");

        GeneratedAudit.Ask(nothing, network, 2, Seed, ["O6"]).Outcomes.Should().ContainSingle().Which.Verdict.Should().Be(Verdict.Declined);
        GeneratedAudit.Draw(nothing, Seed, 8, ["O6"]).Outcomes.Should().ContainSingle().Which.Verdict.Should().Be(Verdict.Declined);
    }

    [Fact]
    public void What_is_not_offered_of_a_network_counts_as_declined()
    {
        using var subject = new Declining((_, _) => false) { Described = new("given only") { NetworkOffer = new NetworkOffer { DrawsParameters = false } } };
        var network = new Network("mine", new(1, 1, 8), [new Dense()]);

        var outcome = GeneratedAudit.Ask(subject, network, 2, Seed, ["O5"]).Outcomes.Should().ContainSingle().Subject;

        (outcome.Verdict, outcome.Declined.Single()).Should().Be((Verdict.Holds, "parameters of its own"));
    }

    /// <summary>Whatever the order of its requests is, a subject cannot escape a finding by what it does afterwards.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wrong_answer_stays_wrong_if_the_subject_declines_or_fails_afterwards(bool declines)
    {
        using var subject = new OneSeed(declines);
        var network = new Network("mine", new(1, 1, 8), [new Dense(), new Activation(Function.Relu)]);

        var outcomes = GeneratedAudit.Ask(subject, network, 2, Seed, ["O5", "O6", "D9", "D8", "I10"]).Outcomes;

        outcomes.ToDictionary(outcome => outcome.Check.ClaimId, outcome => outcome.Verdict).Should().Contain("O6", Verdict.Rejected);
        outcomes.Single(outcome => outcome.Check.ClaimId == "D9").Measurements.Should().ContainSingle().Which.Samples.Should().BePositive();
        outcomes.Where(outcome => outcome.Check.ClaimId is "O5" or "D9").Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected);
    }

    private static NetworkGenerator Generator(ulong seed) => new(NetworkOffer.Everything, Math.ScaleB(1, -24), seed);

    /// <summary>Knows nothing of layers.</summary>
    private sealed class Silent : ISubject
    {
        public SubjectDescription Description { get; } = new("silent");

        public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            throw new InvalidOperationException("asked for nothing that is offered");
    }

    /// <summary>The reference, which declines a part of what it offers.</summary>
    private sealed class Declining(Func<NoiseKind, Weights, bool> declines) : ReferenceSubject
    {
        public SubjectDescription Described { get; init; } = new("declining") { NetworkOffer = NetworkOffer.Everything };

        public override SubjectDescription Description => Described;

        public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
        {
            if (declines(noise, weights))
            {
                throw new DeclinedException("not this");
            }

            base.Propagate(network, noise, weights, input, observe);
        }
    }

    /// <summary>A subject with a wrong derivative that knows one seed of its own parameters only; each case asks for others after it.</summary>
    private sealed class OneSeed(bool declines) : ReferenceSubject
    {
        private readonly LayerInterpreter _wrong = new(
            "wrong",
            new LayerRules { Derivative = (function, u) => 1.01 * WrittenOutFunction.Derivative(function, u) }
        );

        public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
        {
            if (weights is not Weights.Own own)
            {
                base.Propagate(network, noise, weights, input, observe);
                return;
            }

            if (own.Seed != Seed)
            {
                throw declines ? new DeclinedException("no other seed") : new SubjectException("the other seed is broken");
            }

            _wrong.Propagate(network, noise, weights, input, observe);
        }

        protected override void Dispose(bool disposing)
        {
            _wrong.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>The reference, with a fault in what it does with parameters of its own.</summary>
    private sealed class Faulty(string fault) : ReferenceSubject
    {
        private readonly Dictionary<(ulong, uint, Network), List<NetworkSnapshot>> _kept = [];
        private ulong _asked;

        public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
        {
            if (weights is not Weights.Own own)
            {
                base.Propagate(network, noise, weights, input, observe);
                return;
            }

            switch (fault)
            {
                case "an answer kept by seed and simulation":
                    List<NetworkSnapshot> kept;
                    lock (_kept)
                    {
                        if (!_kept.TryGetValue((own.Seed, own.Simulation, network), out kept!))
                        {
                            _kept.Add((own.Seed, own.Simulation, network), kept = []);
                            var added = kept;
                            base.Propagate(
                                network,
                                noise,
                                weights,
                                input,
                                snapshot =>
                                {
                                    // Moments can be had during the observation only.
                                    var moments = snapshot.Moments();
                                    added.Add(snapshot with { Moments = () => moments });
                                }
                            );
                        }
                    }

                    kept.ForEach(observe);
                    break;
                case "noise through other weights":
                    var others = new Queue<NetworkSnapshot>();
                    base.Propagate(network, noise, new Weights.Own(own.Seed, own.Simulation + 1), input, others.Enqueue);
                    base.Propagate(network, noise, own, input, snapshot => observe(snapshot with { Noise = others.Dequeue().Noise }));
                    break;
                case "noise at the next image's signal":
                    var next = new Queue<NetworkSnapshot>();
                    var perImage = input.Signal.Length / input.Shape.Images;
                    base.Propagate(network, noise, own, input with { Signal = [.. input.Signal[perImage..], .. input.Signal[..perImage]] }, next.Enqueue);
                    base.Propagate(network, noise, own, input, snapshot => observe(snapshot with { Noise = next.Dequeue().Noise }));
                    break;
                case "moments of the noise for the signal's":
                case "moments of the noise for the signal's, from place 30 on":
                    var from = fault.EndsWith("30 on", StringComparison.Ordinal) ? 30 : 0;
                    base.Propagate(
                        network,
                        noise,
                        own,
                        input,
                        snapshot =>
                            observe(
                                snapshot.Index < from
                                    ? snapshot
                                    : snapshot with
                                    {
                                        Moments = () => snapshot.Moments() is var moments ? moments with { Mu2Signal = moments.Mu2Noise } : null!,
                                    }
                            )
                    );
                    break;
                case "no numbers where there were some":
                    base.Propagate(
                        network,
                        noise,
                        own,
                        input,
                        snapshot => observe(snapshot with { Signal = [.. snapshot.Signal.Select(value => value == 0 ? 0 : double.NaN)] })
                    );
                    break;
                case "no number beside zeros":
                    base.Propagate(
                        network,
                        noise,
                        own,
                        input,
                        snapshot =>
                            observe(snapshot.Signal.All(value => value == 0) ? snapshot with { Signal = [.. snapshot.Signal[1..], double.NaN] } : snapshot)
                    );
                    break;
                case "biases where none were asked for":
                    base.Propagate(
                        network,
                        noise,
                        own,
                        input,
                        snapshot =>
                            observe(
                                snapshot.Place.After is Networks.Convolution or Dense
                                    ? snapshot with
                                    {
                                        Signal = [.. snapshot.Signal.Select(value => value + 0.1)],
                                    }
                                    : snapshot
                            )
                    );
                    break;
                default:
                    base.Propagate(network, noise, new Weights.Own(SeedOf(own.Seed, input), own.Simulation), input, observe);
                    break;
            }
        }

        private ulong SeedOf(ulong seed, Batch input) =>
            fault switch
            {
                "the seed ignored" => 0,
                "the low byte of the seed ignored" => (seed >> 9) << 9,
                "32 bits of the seed" => seed & uint.MaxValue,
                "52 bits of the seed" => seed & ((1UL << 52) - 1),
                "another answer each time" => seed + Interlocked.Increment(ref _asked),
                "weights that depend on the input" => seed + (ulong)Math.Abs(1000 * input.Signal[0]),
                _ => throw new InvalidOperationException($"no fault '{fault}'"),
            };
    }
}
