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
public sealed class Claim
{
    [JsonConstructor]
    internal Claim(
        string id,
        string statement,
        string source,
        IReadOnlyList<string> architectures,
        ClaimKind kind,
        string? discrepancy,
        string? tolerance,
        string? reason
    )
    {
        Id = id;
        Statement = statement;
        Source = source;
        Architectures = architectures;
        Kind = kind;
        Discrepancy = discrepancy;
        Tolerance = tolerance;
        Reason = reason;
    }

    /// <summary>Stable id.</summary>
    public string Id { get; }

    /// <summary>The statement, in one sentence.</summary>
    public string Statement { get; }

    /// <summary>Where the statement is made or proved.</summary>
    public string Source { get; }

    /// <summary>The architectures that it speaks about.</summary>
    public IReadOnlyList<string> Architectures { get; }

    /// <summary>The sense in which it holds.</summary>
    public ClaimKind Kind { get; }

    /// <summary>The discrepancy that its check must detect; null if it cannot be tested.</summary>
    public string? Discrepancy { get; }

    /// <summary>The reason for the check's tolerance; null if it cannot be tested.</summary>
    public string? Tolerance { get; }

    /// <summary>Why it cannot be tested; null if it can.</summary>
    public string? Reason { get; }

    /// <summary>The networks and noises that it speaks about, besides its architectures; null if it speaks about all.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClaimScope? Scope { get; internal init; }

    /// <summary>The sites in a network that it speaks about: layers, or several layers in a row. Null if it speaks about whole architectures.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sites { get; internal init; }

    /// <summary>Where the source says something other than what is observed, and what is observed; null if they agree.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Qualification { get; internal init; }

    /// <summary>Whether a check at initialisation exists for it.</summary>
    [JsonIgnore]
    public bool IsTestable => Kind is not (ClaimKind.NotTestable or ClaimKind.AfterTraining);

    /// <summary>Whether its check trains networks, which it does at a scale of its own.</summary>
    [JsonIgnore]
    internal bool IsTrained => Kind == ClaimKind.AfterTraining;
}
