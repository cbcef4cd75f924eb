namespace Wellbehaved.Audit;

/// <summary>A statement of a prediction beside what simulations show.</summary>
/// <param name="Subject">Whether it is the network as it is, or with a change that advice names.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Predicted">What was predicted; not a number where a change is only said to help.</param>
/// <param name="Measured">The mean over the simulations.</param>
/// <param name="Margin">Half the width of the interval of the difference, at the statement's error rate.</param>
/// <param name="Verdict">Whether the statement holds.</param>
/// <param name="Reason">Why.</param>
internal sealed record CheckedStatement(string Subject, string Quantity, double Predicted, double Measured, double Margin, Verdict Verdict, string Reason);
