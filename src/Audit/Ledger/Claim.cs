using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>In which sense a claim holds.</summary>
public enum ClaimKind
{
    /// <summary>For any input and any weights.</summary>
    Always,

    /// <summary>In expectation over the weights, exactly, at finite width.</summary>
    ExactInExpectation,

    /// <summary>In a limit: of width, batch or depth.</summary>
    Asymptotic,

    /// <summary>Not by simulation at initialisation.</summary>
    NotTestable,

    /// <summary>Of networks after training, which <c>verify --scale training</c> trains.</summary>
    AfterTraining,
}

/// <summary>An entry of the ledger: a statement, where it comes from and how it is checked.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Statement">The statement, in one sentence.</param>
/// <param name="Source">Where it is stated or proved.</param>
/// <param name="Architectures">The architectures that it speaks about.</param>
/// <param name="Kind">In which sense it holds.</param>
/// <param name="Discrepancy">What its check must detect; null where it cannot be tested.</param>
/// <param name="Tolerance">Why the check allows what it allows; null where it cannot be tested.</param>
/// <param name="Reason">Why it cannot be tested; null where it can.</param>
public sealed record Claim(
    string Id,
    string Statement,
    string Source,
    IReadOnlyList<string> Architectures,
    ClaimKind Kind,
    string? Discrepancy,
    string? Tolerance,
    string? Reason
)
{
    /// <summary>What networks it speaks about beside their architectures; null where it speaks about all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClaimScope? Scope { get; init; }

    /// <summary>The sites that it speaks about in a network: layers, or layers in a row. Null where it speaks about whole architectures.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sites { get; init; }

    /// <summary>Where the words of its source are not what comes out, and what does; null where they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Qualification { get; init; }

    /// <summary>Whether a check at initialisation exists for it.</summary>
    public bool IsTestable => Kind is not (ClaimKind.NotTestable or ClaimKind.AfterTraining);

    /// <summary>Whether its check trains networks, at a scale of its own.</summary>
    [JsonIgnore]
    public bool IsTrained => Kind == ClaimKind.AfterTraining;
}
