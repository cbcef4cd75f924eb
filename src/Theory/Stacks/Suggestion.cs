namespace Wellbehaved.Theory;

/// <summary>A change of a stack's units, and the prediction for the changed stack.</summary>
public sealed class Suggestion
{
    internal Suggestion(string change, string prediction, string law, string scope) => (Change, Prediction, Law, Scope) = (change, prediction, law, scope);

    /// <summary>What to change, in the words of a network's JSON form.</summary>
    public string Change { get; }

    /// <summary>The prediction for the changed stack.</summary>
    public string Prediction { get; }

    /// <summary>The law that it follows from.</summary>
    public string Law { get; }

    /// <summary>The scope in which it holds.</summary>
    public string Scope { get; }

    /// <summary>The changed unit, so that it can be predicted and simulated; null where the change cannot be made automatically.</summary>
    public Networks.Layers? Unit { get; internal init; }
}
