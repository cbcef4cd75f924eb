using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What the auditor keeps of a propagation, and what subjects in its own process refuse.</summary>
public class TraceTests
{
    private static readonly NetworkSettings Network = OneStepNetworks.FullyConnected(Architecture.Named("bn_res"), residualDepth: 1);

    [Fact]
    public void Every_place_is_found_by_its_number_and_by_its_kind()
    {
        using var subject = new ReferenceSubject();
        var looked = new List<ReportedMoments>();

        var trace = Trace.Record(subject, Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0), snapshot => looked.Add(snapshot.Moments()));

        var places = Network.Architecture.Places;
        looked
            .Should()
            .HaveCount(1 + (3 * places.Length))
            .And.OnlyContain(moments => moments.Nu2Signal > 0 && moments.ReffSignal >= 1 && moments.ReffNoise >= 1);
        trace.At(2, UnitPlaceKind.Relu).Place.Should().Be(places.Single(place => place.Kind == UnitPlaceKind.Relu));
        trace.Before(2, UnitPlaceKind.Relu).Place.Kind.Should().Be(UnitPlaceKind.BatchNorm);
        trace.Before(1, UnitPlaceKind.BatchNorm).Place.Kind.Should().Be(UnitPlaceKind.Before);
        trace.At(0, 0).Depth.Should().Be(0);
        FluentActions.Invoking(() => trace.At(4, 1)).Should().Throw<SubjectException>().WithMessage("expected a snapshot at depth 4, loc1, got none");
    }

    [Fact]
    public void A_trace_asks_for_moments_only_with_an_observer()
    {
        using var subject = new Listening(new SubjectDescription("listening"));
        Trace.Record(subject, Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0), _ => { });
        Trace.Record(subject, Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0));

        subject.Asked.Should().Equal(true, false);
    }

    [Fact]
    public void A_network_that_is_not_offered_is_declined_before_the_subject_is_asked()
    {
        using var subject = new Listening(new SubjectDescription("plain") { Architectures = ["vanilla"] });

        FluentActions
            .Invoking(() => Trace.Record(subject, Network, new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0)))
            .Should()
            .Throw<DeclinedException>()
            .WithMessage("architecture bn_res");
        subject.Asked.Should().BeEmpty();
    }

    [Fact]
    public void Propagation_refuses_null_arguments()
    {
        using var subject = new ReferenceSubject();
        subject.Description.Name.Should().Be("reference");
        var (weights, input) = (new Weights.Own(1, 0), Batch.Gaussian(Network, 1, 0));
        Refusal.OfNull("network", () => subject.Propagate(null!, weights, input, _ => { }));
        Refusal.OfNull("weights", () => subject.Propagate(Network, null!, input, _ => { }));
        Refusal.OfNull("input", () => subject.Propagate(Network, weights, null!, _ => { }));
        Refusal.OfNull("observe", () => subject.Propagate(Network, weights, input, null!));
        Refusal.OfNull("propagations", () => ((ISubject)subject).PropagateAll(Network, null!, moments: true, (_, _) => { }));
        Refusal.OfNull("subject", () => Trace.Record(null!, Network, weights, input));
        Refusal.OfNull("network", () => Trace.Record(subject, null!, weights, input));
        Refusal.OfNull("propagations", () => Trace.All(subject, Network, null!));
    }

    [Fact]
    public void A_deep_experiment_of_propagations_reports_progress_and_can_be_cancelled()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla_res",
            TotalDepth = 4,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 40,
            NumSims = 2,
            Epsilon = 0,
        };
        using var subject = new ReferenceSubject();
        var advanced = 0;

        DeepPropagation.Run(subject, options, () => advanced++, default).Depths.Should().Equal(2, 4);

        advanced.Should().Be(8, "four units of two nets");
        FluentActions
            .Invoking(() => DeepPropagation.Run(subject, options, null, new CancellationToken(canceled: true)))
            .Should()
            .Throw<OperationCanceledException>();
    }

    private sealed class Listening(SubjectDescription description) : ReferenceSubject, ISubject
    {
        public override SubjectDescription Description => description;

        public List<bool> Asked { get; } = [];

        void ISubject.PropagateAll(NetworkSettings network, IReadOnlyList<Propagation> propagations, bool moments, Action<int, Snapshot> observe)
        {
            Asked.Add(moments);
            Propagate(network, propagations[0].Weights, propagations[0].Input, snapshot => observe(0, snapshot));
        }
    }
}
