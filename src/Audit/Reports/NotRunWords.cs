namespace Wellbehaved.Audit;

/// <summary>How a claim that was not run is run.</summary>
internal static class NotRunWords
{
    /// <summary>Says it.</summary>
    /// <param name="claim">A claim that is checked at another scale.</param>
    /// <returns>A sentence.</returns>
    public static string Way(Claim claim) =>
        claim.IsTrained ? "verify --scale training trains networks for it." : "verify --scale quick and --scale full check it.";
}
