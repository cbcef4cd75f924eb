using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>The sense in which a claim holds.</summary>
public enum ClaimKind
{
    /// <summary>For any input and any weights.</summary>
    Always,

    /// <summary>In expectation over the weights, exactly, at finite width.</summary>
    ExactInExpectation,

    /// <summary>In a limit of width, batch or depth.</summary>
    Asymptotic,

    /// <summary>It cannot be tested by simulation at initialisation.</summary>
    NotTestable,

    /// <summary>For networks after training, which <c>verify --scale training</c> trains.</summary>
    AfterTraining,
}

/// <summary>An entry of the ledger: a statement, its source, and how it is checked.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Statement">The statement, in one sentence.</param>
/// <param name="Source">Where the statement is made or proved.</param>
/// <param name="Architectures">The architectures that it speaks about.</param>
/// <param name="Kind">The sense in which it holds.</param>
/// <param name="Discrepancy">The discrepancy that its check must detect; null if it cannot be tested.</param>
/// <param name="Tolerance">The reason for the check's tolerance; null if it cannot be tested.</param>
/// <param name="Reason">Why it cannot be tested; null if it can.</param>
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
    /// <summary>The networks and noises that it speaks about, besides its architectures; null if it speaks about all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClaimScope? Scope { get; init; }

    /// <summary>The sites in a network that it speaks about: layers, or several layers in a row. Null if it speaks about whole architectures.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sites { get; init; }

    /// <summary>Where the source says something other than what is observed, and what is observed; null if they agree.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Qualification { get; init; }

    /// <summary>Whether a check at initialisation exists for it.</summary>
    public bool IsTestable => Kind is not (ClaimKind.NotTestable or ClaimKind.AfterTraining);

    /// <summary>Whether its check trains networks, which it does at a scale of its own.</summary>
    [JsonIgnore]
    public bool IsTrained => Kind == ClaimKind.AfterTraining;
}
