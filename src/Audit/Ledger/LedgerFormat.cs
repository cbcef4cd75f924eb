using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>
/// How the ledger is read: by code that the compiler writes, since most commands read it and reflection takes longer than all else that lists it.
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
    /// <summary>Words with underscores, as names of properties have.</summary>
    internal sealed class KindInSnakeCase() : JsonStringEnumConverter<ClaimKind>(JsonNamingPolicy.SnakeCaseLower);
}
