using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>
/// How the ledger is read: by code that the compiler generates. Most commands read the ledger, and reflection would take longer than everything else that they
/// do to list it.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(KindInSnakeCase)]
)]
[JsonSerializable(typeof(ImmutableArray<Claim>))]
internal sealed partial class LedgerFormat : JsonSerializerContext
{
    /// <summary>Words with underscores, like the names of properties.</summary>
    internal sealed class KindInSnakeCase() : JsonStringEnumConverter<ClaimKind>(JsonNamingPolicy.SnakeCaseLower);
}
