namespace Wellbehaved.Theory;

/// <summary>A change of a stack's units, and the prediction for the changed stack.</summary>
/// <param name="Change">What to change, in the words of a network's JSON form.</param>
/// <param name="Prediction">The prediction for the changed stack.</param>
/// <param name="Law">The law that it follows from.</param>
/// <param name="Scope">The scope in which it holds.</param>
public sealed record Suggestion(string Change, string Prediction, string Law, string Scope)
{
    /// <summary>The changed unit, so that it can be predicted and simulated; null where the change cannot be made automatically.</summary>
    public Networks.Layers? Unit { get; internal init; }
}
