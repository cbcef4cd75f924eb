namespace Wellbehaved.Audit;

/// <summary>The outcome of a check.</summary>
public enum Verdict
{
    /// <summary>The claim holds, at the check's error rate.</summary>
    Holds,

    /// <summary>The claim is wrong for what was checked, at the check's error rate.</summary>
    Rejected,

    /// <summary>The data decide neither way: too few samples, or nothing was executed.</summary>
    Inconclusive,

    /// <summary>The subject does not do what was to be checked, and says so: nothing was executed.</summary>
    Declined,
}
