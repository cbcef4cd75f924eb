namespace Wellbehaved.Theory;

/// <summary>A change of a stack's units, and what is predicted after it.</summary>
/// <param name="Change">What to change, in the words of a network's JSON form.</param>
/// <param name="Prediction">What is predicted then.</param>
/// <param name="Law">The law that says so.</param>
/// <param name="Scope">What it holds for.</param>
public sealed record Suggestion(string Change, string Prediction, string Law, string Scope)
{
    /// <summary>The unit with the change made, so that it can be predicted and simulated; null where the change cannot be made by itself.</summary>
    public Networks.Layers? Unit { get; init; }
}
