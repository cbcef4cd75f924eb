using System.Collections.Concurrent;
using System.Collections.Immutable;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>All checks of the ledger's claims: one for each claim and each architecture that it speaks about.</summary>
internal static class Suite
{
    private const string Vanilla = "vanilla";
    private const string VanillaRes = "vanilla_res";
    private const string BnFf = "bn_ff";
    private const string BnRes = "bn_res";
    private static readonly string[] All = [Vanilla, VanillaRes, BnFf, BnRes];
    private static readonly string[] WithBatchNorm = [BnFf, BnRes];
    private static readonly string[] Residual = [VanillaRes, BnRes];
    private static readonly string[] Plain = [Vanilla, VanillaRes];

    /// <summary>Probability that a run rejects anything on a correct subject: the sum over all its checks.</summary>
    public const double FalseFailRate = 1e-6;

    /// <summary>
    /// Number of parts into which the rate of false alarms is divided. A check that compares samples has one part, some parts are reserved for future claims,
    /// and a check whose bounds are derived needs none.
    /// </summary>
    /// <remarks>
    /// The number of samples follows from a part. If the number of parts were the number of checks, each new claim would change the samples of all others.
    /// </remarks>
    internal const int Shares = 112;

    /// <summary>The word in place of an architecture in checks of claims on sites, which use networks composed of layers of every kind.</summary>
    internal const string Composed = "composed";

    /// <summary>The checks.</summary>
    public static ImmutableArray<Check> Checks { get; } =
    [
        .. ChecksOf("O1", OperationChecks.Convolution, All),
        .. ChecksOf("O2", OperationChecks.Relu, All),
        .. ChecksOf("O3", OperationChecks.SkipConnection, Residual),
        .. ChecksOf("O4", SizeChecks.GivenWeights, All),
        .. ChecksOf("D1", MomentChecks.Moments, All),
        .. ChecksOf("D2", MomentChecks.EffectiveRank, All),
        .. ChecksOf("D3", BatchNormChecks.Kurtosis, WithBatchNorm),
        .. ChecksOf("D4", BatchNormChecks.Normalisation, WithBatchNorm),
        .. ChecksOf("D5", SymmetryChecks.Homogeneity, All),
        .. ChecksOf("D6", SymmetryChecks.Shift, All),
        .. ChecksOf("D7", SymmetryChecks.Derivative, All),
        .. ChecksOf("D8", SymmetryChecks.Zeros, All),
        .. ChecksOf("I1", InitialisationChecks.Gaussian, All),
        .. ChecksOf("I2", InitialisationChecks.FreshInEachLayer, All),
        .. ChecksOf("I3", InitialisationChecks.FreshInEachSimulation, All),
        .. ChecksOf("I4", WeightLawChecks.FirstConvolution, All),
        .. ChecksOf("I5", WeightLawChecks.OtherConvolutions, All),
        .. ChecksOf("I6", SolvedWeightChecks.NoBias, All),
        .. ChecksOf("I7", SolvedWeightChecks.OneSetOfWeights, All),
        .. ChecksOf("I8", WeightIndependenceChecks.WithinSimulation, All),
        .. ChecksOf("I9", WeightIndependenceChecks.BetweenSimulations, All),
        .. ChecksOf("I10", SeedChecks.WhateverTheInput, All),
        .. ChecksOf("I11", SizeChecks.OwnWeights, All),
        .. ChecksOf("S1", ArcCosineChecks.Pairs, [Vanilla]),
        .. ChecksOf("S2", SecondMomentChecks.Signal, All),
        .. ChecksOf("S3", SecondMomentChecks.Noise, All),
        .. ChecksOf("S4", SecondMomentChecks.Variance, [Vanilla]),
        .. ChecksOf("S5", BatchNormKernelChecks.Kernels, WithBatchNorm),
        .. ChecksOf("S6", BatchNormKernelChecks.Activation, WithBatchNorm),
        .. ChecksOf("S7", BatchNormChecks.NoiseIncrement, WithBatchNorm),
        .. ChecksOf("S8", ResidualSumChecks.CrossTerms, Residual),
        .. ChecksOf("W1", RandomWalkChecks.Distribution, [Vanilla]),
        .. ChecksOf("W2", ConservationChecks.Products, [Vanilla]),
        .. ChecksOf("W3", DilutionChecks.Growth, [BnRes]),
        .. ChecksOf("W4", DoublingChecks.Growth, [VanillaRes]),
        .. ChecksOf("R1", RecursionChecks.Law, Plain),
        .. ChecksOf("R2", RecursionChecks.Law, WithBatchNorm),
        .. ChecksOf("A1", LargeBatchChecks.Increment, [BnFf]),
        .. ChecksOf("A2", LargeBatchChecks.PowerLaw, [BnRes]),
        .. ChecksOf("A3", PostChecks.Limits, Plain),
        .. ChecksOf("P1", PostChecks.Collapse, [Vanilla]),
        .. ChecksOf("P2", PostChecks.Collapse, [VanillaRes]),
        .. ChecksOf("P3", PostChecks.Drowning, [BnFf]),
        .. ChecksOf("P4", PostChecks.Health, [BnRes]),
        .. ChecksOf("P5", WalkChecks.Gains, [Vanilla]),
        .. ChecksOf("P5", PostChecks.Multiplicativity, [BnFf]),
        .. ChecksOf("P6", PostChecks.EqualBranches, [VanillaRes]),
        .. ChecksOf("P7", PostChecks.Dilution, [BnRes]),
        .. SiteClaims.All.Select(claim => claim.OnStandingNetworks()),
    ];

    /// <summary>Error rates of each check that compares samples: an equal share of the suite's false alarms.</summary>
    /// <param name="scale">How much is simulated.</param>
    /// <returns>α of each check, and the rate of inconclusive tests for which sample sizes are planned.</returns>
    public static ErrorRates RatesOf(Scale scale) =>
        scale switch
        {
            Scale.Quick or Scale.Full => new(FalseFailRate / Shares, 1e-3),
            Scale.Training => new(TrainingSuite.FalseFailRate, TrainingSuite.FalseFailRate),
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "expected quick or full"),
        };

    /// <summary>
    /// The factor of the ledger's discrepancies at a scale: at full scale half, with four times the samples. I4 to I9, whose weights are recovered once, have
    /// the same discrepancies at both scales.
    /// </summary>
    /// <param name="scale">How much is simulated.</param>
    /// <returns>The factor.</returns>
    public static double DiscrepancyShareOf(Scale scale) =>
        scale switch
        {
            Scale.Quick => 1,
            Scale.Full => 0.5,
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "expected quick or full"),
        };

    /// <summary>Executes one check.</summary>
    /// <param name="check">The check.</param>
    /// <param name="subject">The subject that is audited.</param>
    /// <param name="scale">How much is simulated.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="deep">Deep experiments to share; by default the check runs its own.</param>
    /// <param name="sampleShare">Share of the planned samples: 1, or less where error rates are measured over many runs.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The outcome.</returns>
    public static CheckOutcome Execute(
        Check check,
        ISubject subject,
        Scale scale,
        ulong seed,
        DeepExperiments? deep = null,
        double sampleShare = 1,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.Execute(
            new CheckContext(
                subject,
                RatesOf(scale),
                Mixing.SeedOf(seed, check),
                deep ?? new DeepExperiments(subject, scale, seed, null, cancellation) { SampleShare = sampleShare },
                cancellation
            )
            {
                DiscrepancyShare = DiscrepancyShareOf(scale),
                SampleShare = sampleShare,
            }
        );
    }

    /// <summary>Executes checks, on all processors.</summary>
    /// <param name="subject">The subject that is audited.</param>
    /// <param name="scale">How much is simulated.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="checks">The checks; by default all.</param>
    /// <param name="finished">Called with each outcome, from any thread.</param>
    /// <param name="deep">Deep experiments to share; by default the run has its own.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The outcomes, in the order of the checks; they do not depend on the number of threads.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static IReadOnlyList<CheckOutcome> Run(
        ISubject subject,
        Scale scale,
        ulong seed,
        IReadOnlyList<Check>? checks = null,
        Action<CheckOutcome>? finished = null,
        DeepExperiments? deep = null,
        CancellationToken cancellation = default
    )
    {
        var chosen = checks ?? Checks;
        var shared = deep ?? new DeepExperiments(subject, scale, seed, null, cancellation);
        var outcomes = new CheckOutcome[chosen.Count];

        // One at a time, those of composed networks and then of weights first, which take longest: of checks that are dealt out many at a time one thread has
        // some left while the others wait for it.
        Parallel.ForEach(
            Partitioner.Create(LongestFirst(chosen), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { CancellationToken = cancellation },
            i =>
            {
                outcomes[i] = Execute(chosen[i], subject, scale, seed, shared, cancellation: cancellation);
                finished?.Invoke(outcomes[i]);
            }
        );
        return outcomes;
    }

    /// <summary>The places of checks in the order in which they are begun.</summary>
    private static IEnumerable<int> LongestFirst(IReadOnlyList<Check> checks) =>
        Enumerable
            .Range(0, checks.Count)
            .OrderBy(i =>
                checks[i].ClaimId == "I13" ? 0
                : checks[i].ClaimId.StartsWith('P') ? 1
                : checks[i].ClaimId.StartsWith('I') ? 2
                : checks[i].Architecture == Composed ? 3
                : 4
            );

    private static IEnumerable<Check> ChecksOf(string claim, Func<CheckContext, Architecture, IEnumerable<Measurement>> measure, string[] architectures) =>
        architectures.Select(name =>
        {
            var architecture = Architecture.Named(name);
            return new Check(claim, name, context => measure(context, architecture));
        });
}
