using System.Collections.Immutable;
using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>The effects of a known mistake in layers, or in the weights that they draw.</summary>
/// <param name="Defect">The mistake, in words.</param>
/// <param name="Rejects">
/// The statistical checks of composed networks that reject it, and the check that names it; for a mistake that shows with given parameters only the latter.
/// </param>
/// <param name="Numbers">Its <see cref="LayerNumbers"/> where they are not right; empty for a mistake that shows only with parameters of its own.</param>
internal sealed record LayerSignature(string Defect, IReadOnlyList<string> Rejects, IReadOnlyDictionary<string, double[]> Numbers)
{
    private const string ResourceName = "layer_signatures.json";

    /// <summary>Statistical claims begin with these letters; D9, D10, I12 to I20, DR1 to DR3 look at own parameters and moments.</summary>
    private const string Covered = "NBLVZTRF";

    private static readonly string[] Own =
    [
        "D9",
        "D10",
        .. Enumerable.Range(12, 9).Select(number => FormattableString.Invariant($"I{number}")),
        "DR1",
        "DR2",
        "DR3",
    ];

    /// <summary>The fewest claims for a match; fewer claims say too little.</summary>
    private const int LeastClaims = 12;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The signatures of the tests' wrong interpreters of layers, data/layer_signatures.json, measured at quick scale.</summary>
    public static ImmutableArray<LayerSignature> Known { get; } = Load();

    /// <summary>Writes signatures in the format of the file, one per line.</summary>
    public static string ToText(IEnumerable<LayerSignature> signatures) =>
        "[\n" + string.Join(",\n", signatures.Select(signature => JsonSerializer.Serialize(signature, Format))) + "\n]\n";

    /// <summary>Reads signatures in the format of the file.</summary>
    public static ImmutableArray<LayerSignature> Read(string text) => JsonSerializer.Deserialize<ImmutableArray<LayerSignature>>(text, Format);

    /// <summary>
    /// Known mistakes in a subject's own parameters that fail the same checks of composed networks, best first, as <see cref="Signature.Match"/> does for the
    /// architectures.
    /// </summary>
    public static IEnumerable<(Signature Signature, double Resemblance)> Match(IReadOnlyList<CheckOutcome> outcomes)
    {
        CheckOutcome[] composed =
        [
            .. outcomes.Where(outcome =>
                outcome.Check.Architecture == Suite.Composed
                && (Covered.Contains(outcome.Check.ClaimId[0]) || Own.Contains(outcome.Check.ClaimId))
                && outcome.Verdict is Verdict.Holds or Verdict.Rejected
            ),
        ];
        var decided = composed.Select(outcome => Signature.NameOf(outcome.Check)).ToHashSet();
        var rejected = composed.Where(outcome => outcome.Verdict == Verdict.Rejected).Select(outcome => Signature.NameOf(outcome.Check)).ToHashSet();
        return rejected.Count == 0 || decided.Count < LeastClaims
            ? []
            : Known
                .Where(signature => signature.Numbers.Count == 0)
                .Select(signature => (Signature: new Signature(signature.Defect, signature.Rejects), Resemblance: Resemblance(signature)))
                .Where(match => match.Resemblance >= Signature.LeastResemblance)
                .OrderByDescending(match => match.Resemblance);

        double Resemblance(LayerSignature signature)
        {
            var expected = signature.Rejects.Where(decided.Contains).ToHashSet();
            return (double)expected.Count(rejected.Contains) / expected.Union(rejected).Count();
        }
    }

    private static ImmutableArray<LayerSignature> Load()
    {
        using var reader = new StreamReader(typeof(LayerSignature).Assembly.GetManifestResourceStream(ResourceName)!);
        return Read(reader.ReadToEnd());
    }
}
