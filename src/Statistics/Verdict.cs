namespace Wellbehaved.Statistics;

/// <summary>The outcome of a check.</summary>
public enum Verdict
{
    /// <summary>The claim holds, at the check's error rate.</summary>
    Holds,

    /// <summary>The claim is wrong for the subject, at the check's error rate.</summary>
    Rejected,

    /// <summary>The data do not decide: there are too few samples, or nothing was executed.</summary>
    Inconclusive,

    /// <summary>The subject says that it does not offer what was to be checked: nothing was executed.</summary>
    Declined,
}
