using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The claims about recovered weights on the reference, at several seeds and at few samples.</summary>
public class WeightClaimTests
{
    public static TheoryData<string> Architectures => [.. Wellbehaved.Model.Architecture.Names];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_reference_passes_all_claims_on_weights(string architecture)
    {
        using var subject = new ReferenceSubject();
        for (var seed = 1UL; seed <= (ulong)Breadth.Choose(usual: 1, atNight: 3); seed++)
        {
            var deep = new DeepExperiments(subject, Scale.Quick, seed);
            foreach (var check in ChecksOf(architecture))
            {
                var outcome = Suite.Execute(check, subject, Scale.Quick, seed, deep);
                outcome.Verdict.Should().Be(Verdict.Holds, $"{outcome}, seed {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_twentieth_of_the_samples_rejects_nothing_and_the_margin_is_reported(string architecture)
    {
        using var subject = new ReferenceSubject();
        for (var seed = 1UL; seed <= (ulong)Breadth.Choose(usual: 2, atNight: 10); seed++)
        {
            var deep = new DeepExperiments(subject, Scale.Quick, seed);
            foreach (var check in ChecksOf(architecture))
            {
                var outcome = check.Execute(new CheckContext(subject, Suite.RatesOf(Scale.Quick), seed, deep) { SampleShare = 0.05 });

                outcome.Failure.Should().BeNull();
                outcome.Verdict.Should().NotBe(Verdict.Rejected, outcome.ToString());
                outcome
                    .Measurements.Should()
                    .NotBeEmpty()
                    .And.OnlyContain(measurement => measurement.IsDeterministic || (measurement.FalseAlarmBound > 1e-6 && measurement.FalseAlarmBound <= 1));
            }
        }
    }

    private static Check[] ChecksOf(string architecture) =>
        [.. Suite.Checks.Where(check => check.Architecture == architecture && check.ClaimId is "I4" or "I5" or "I6" or "I7" or "I8" or "I9")];

    [Fact]
    public void Checks_of_one_run_share_their_simulations()
    {
        using var subject = new Counting();
        var deep = new DeepExperiments(subject, Scale.Quick, 1);
        foreach (var check in Suite.Checks.Where(check => check is { Architecture: "bn_ff", ClaimId: "I4" or "I5" }).AtLeastOne())
        {
            Suite.Execute(check, subject, Scale.Quick, 1, deep);
        }

        var once = subject.Propagations;
        once.Should().BePositive();
        Suite.Execute(Suite.Checks.First(check => check is { Architecture: "bn_ff", ClaimId: "I5" }), subject, Scale.Quick, 1, deep);
        subject.Propagations.Should().Be(once);
    }

    [Fact]
    public void Requested_seeds_are_below_two_to_the_53_and_differ_between_neighbours()
    {
        using var subject = new Counting();
        foreach (var check in Suite.Checks.Where(check => check is { Architecture: "vanilla", ClaimId: "I2" or "I9" or "S2" }).AtLeastOne())
        {
            Suite.Execute(check, subject, Scale.Quick, ulong.MaxValue);
        }

        subject.Seeds.Should().OnlyContain(seed => seed < 1UL << 53);
        subject.Seeds.Should().Contain(seed => subject.Seeds.Contains(seed ^ 1)).And.Contain(seed => subject.Seeds.Contains(seed ^ (1UL << 52)));
        Enum.GetValues<Scale>().Should().OnlyContain(scale => DeepExperiments.OptionsOf("vanilla", scale, ulong.MaxValue).Seed < 1UL << 53);
    }

    private sealed class Counting : ReferenceSubject
    {
        public int Propagations { get; private set; }

        public HashSet<ulong> Seeds { get; } = [];

        public override void Propagate(Wellbehaved.Model.NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            Propagations++;
            if (weights is Weights.Own own)
            {
                Seeds.Add(own.Seed);
            }

            base.Propagate(network, weights, input, observe);
        }
    }
}
