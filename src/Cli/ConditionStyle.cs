using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>The style in which a page shows a diagnosis: that of the verdict that is like it.</summary>
internal static class ConditionStyle
{
    /// <summary>The style class of a condition.</summary>
    /// <param name="condition">The condition.</param>
    public static string Find(Condition condition) =>
        condition switch
        {
            Condition.WellBehaved => "holds",
            Condition.Undecided => "inconclusive",
            Condition.PathologicalSignal or Condition.PathologicalSnr or Condition.PathologicalPoint => "rejected",
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "expected a condition"),
        };
}
