using System.Collections.Immutable;
using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>The ledger of claims, data/claims.json.</summary>
public static class ClaimLedger
{
    private const string ResourceName = "claims.json";

    /// <summary>All claims, in the order of the file.</summary>
    public static ImmutableArray<Claim> Claims { get; } = Load();

    /// <summary>A claim.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The claim, or null if there is none with that id.</returns>
    public static Claim? Find(string id) => Claims.FirstOrDefault(claim => claim.Id == id);

    private static ImmutableArray<Claim> Load()
    {
        using var stream = typeof(ClaimLedger).Assembly.GetManifestResourceStream(ResourceName)!;
        return JsonSerializer.Deserialize(stream, LedgerFormat.Default.ImmutableArrayClaim);
    }
}
