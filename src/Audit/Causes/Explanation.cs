namespace Wellbehaved.Audit;

/// <summary>How far an explanation goes.</summary>
public enum ExplanationKind
{
    /// <summary>
    /// A computation with the cause in place of the definition gives the subject's own numbers: to rounding, or within their interval where they are random.
    /// </summary>
    ExplainsTheNumbers,

    /// <summary>Something is wrong here, and no known cause gives the subject's numbers.</summary>
    Unexplained,

    /// <summary>The part that is rejected is right by itself, and its numbers are wrong only because another part is.</summary>
    Follows,
}

/// <summary>Why a subject was rejected, as far as its own numbers show.</summary>
public sealed class Explanation
{
    internal Explanation(string part, string cause, string evidence, ExplanationKind kind) => (Part, Cause, Evidence, Kind) = (part, cause, evidence, kind);

    /// <summary>The part of the implementation: an operation, the reported moments or the subject's own weights.</summary>
    public string Part { get; }

    /// <summary>What is wrong, in words; where no known cause explains it, what was observed.</summary>
    public string Cause { get; }

    /// <summary>The numbers that the explanation rests on.</summary>
    public string Evidence { get; }

    /// <summary>How far the explanation goes.</summary>
    public ExplanationKind Kind { get; }

    /// <summary>The architectures on which it was observed.</summary>
    public IReadOnlyList<string> Architectures { get; internal init; } = [];

    /// <summary>The same, observed on some architectures.</summary>
    internal Explanation On(IReadOnlyList<string> architectures) => new(Part, Cause, Evidence, Kind) { Architectures = architectures };

    /// <summary>An explanation that gives the subject's numbers.</summary>
    internal static Explanation WithEvidence(string part, string cause, string evidence) => new(part, cause, evidence, ExplanationKind.ExplainsTheNumbers);

    /// <summary>Several causes that give the same numbers: one of them is right, and these numbers do not tell which.</summary>
    internal static Explanation Either(string part, IReadOnlyCollection<string> causes, string evidence) =>
        WithEvidence(part, string.Join("; or ", causes), evidence);

    /// <summary>A rejection that follows from a mistake elsewhere.</summary>
    internal static Explanation Following(string part, string seen, string evidence) => new(part, seen, evidence, ExplanationKind.Follows);

    /// <summary>A rejection that no known cause explains.</summary>
    internal static Explanation None(string part, string seen) => new(part, seen, "no known cause gives these numbers", ExplanationKind.Unexplained);
}
