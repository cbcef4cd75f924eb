using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A deliberately wrong implementation, and the claim that must reject it.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="ClaimId">Id of the claim.</param>
/// <param name="Architecture">An architecture on which it must do so.</param>
public sealed record Mutant(string Name, string ClaimId, string Architecture)
{
    /// <summary>
    /// Of a mutant whose claim solves for thousands of weights, or draws millions, the claim: another of its kind takes seconds. Every other mutant is a kind
    /// of its own.
    /// </summary>
    internal static object KindOf(Mutant mutant) =>
        mutant.ClaimId is "I4" or "I5" or "I6" or "I7" or "I8" or "I9" or "I13" or "I18" or "I19" or "T7" ? mutant.ClaimId : mutant;

    /// <summary>Rewrites the network that is built.</summary>
    internal Func<NetworkSettings, NetworkSettings>? Network { get; init; }

    /// <summary>Rewrites the subject's own weights; given ones stay.</summary>
    internal Func<Weights.Own, IKernelSource<float>>? OwnWeights { get; init; }

    /// <summary>Rewrites weights that are given, and its own in the same way.</summary>
    internal Func<float[], KernelShape, float[]>? GivenWeights { get; init; }

    /// <summary>Rewrites reported moments.</summary>
    internal Func<ReportedMoments, SignalAndNoise<float>, ReportedMoments>? Moments { get; init; }

    /// <summary>Rewrites what a deep experiment shows.</summary>
    internal Func<MomentTable, MomentTable>? Deep { get; init; }

    /// <summary>Whether each place is reported with the moments of the place before it.</summary>
    internal bool ReportsLate { get; init; }

    /// <summary>Another implementation altogether, where rewriting the reference is not enough.</summary>
    internal Func<string, ReferenceSubject>? Implementation { get; init; }

    /// <summary>The check that must reject it.</summary>
    public Check Check => Suite.Checks.Single(check => check.ClaimId == ClaimId && check.Architecture == Architecture);

    /// <summary>The wrong implementation, behind the interface of the right one.</summary>
    public ReferenceSubject Create() => Implementation?.Invoke(Name) ?? new Subject(this);

    public override string ToString() => $"{ClaimId} rejects {Name} ({Architecture})";

    private sealed class Subject(Mutant mutant) : ReferenceSubject
    {
        private readonly ThreadLocal<ReportedMoments?> _last = new();

        public override SubjectDescription Description { get; } = new(mutant.Name);

        public override MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation)
        {
            var table = base.Run(options, depthReached, cancellation);
            return mutant.Deep?.Invoke(table) ?? table;
        }

        private protected override NetworkSettings Adapt(NetworkSettings network) => mutant.Network?.Invoke(network) ?? network;

        private protected override IKernelSource<float> Kernels(Weights weights) =>
            mutant.GivenWeights is { } rewrite ? new RewrittenWeights(base.Kernels(weights), rewrite)
            : weights is Weights.Own own && mutant.OwnWeights is { } source ? source(own)
            : base.Kernels(weights);

        private protected override ReportedMoments Report(int depth, UnitPlace place, SignalAndNoise<float> values, MomentComputation<float> computation)
        {
            var right = base.Report(depth, place, values, computation);
            if (mutant.ReportsLate)
            {
                var late = depth == 0 ? right : _last.Value ?? right;
                _last.Value = right;
                return late;
            }

            return mutant.Moments?.Invoke(right, values) ?? right;
        }
    }
}
