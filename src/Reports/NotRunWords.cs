namespace Wellbehaved.Reports;

/// <summary>Says how to run a claim that was not run.</summary>
internal static class NotRunWords
{
    /// <summary>How to run a claim.</summary>
    /// <param name="claim">A claim that is checked at another scale.</param>
    /// <returns>A sentence.</returns>
    public static string Way(Claim claim) =>
        claim.IsTrained ? "verify --scale training trains networks of the reference for it." : "verify --scale quick and --scale full check it.";
}
