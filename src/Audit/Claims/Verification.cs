using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The outcome of one claim of the post.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Share">The share of simulated mappings that show it.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Curves">The curves by depth that it was judged from.</param>
public sealed record ClaimOutcome(PostClaim Claim, BinomialProportion Share, Verdict Verdict, DepthCurves Curves);

/// <summary>Runs the four architectures and judges the statements of the post.</summary>
public static class Verification
{
    /// <summary>Probability of a wrong verdict, for each claim.</summary>
    /// <remarks>Four claims together then err less than once in a million runs. It takes 23 unanimous simulations to get below it.</remarks>
    public const double FalseRate = 2.5e-7;

    /// <summary>The quick experiment for an architecture: the author's fully connected one, with fewer simulations.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Options of an experiment that takes seconds on two cores.</returns>
    /// <remarks>32 simulations: nine more than a unanimous verdict needs, so that one dissenting mapping still leaves a verdict.</remarks>
    public static ExperimentOptions Quick(string architecture, ulong seed) => new()
    {
        Architecture = architecture,
        TotalDepth = 200,
        KernelSize = 1,
        NumChannels = 512,
        BatchSize = 64,
        NumSims = 32,
        NumComputations = 20,
        Seed = seed,
    };

    /// <summary>Runs the experiment of a claim and judges it.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="options">Options of the experiment.</param>
    /// <param name="depthReached">Called after each layer or residual unit, from several threads.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The outcome.</returns>
    public static ClaimOutcome Run(PostClaim claim, ExperimentOptions options, Action? depthReached = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var result = Experiment.Prepare(options).Run(depthReached, cancellation);
        var (share, verdict) = claim.Judge(Behaviour.Of(result), FalseRate);
        return new ClaimOutcome(claim, share, verdict, DepthCurves.Of(result));
    }
}
