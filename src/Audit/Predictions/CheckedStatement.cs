namespace Wellbehaved.Audit;

/// <summary>A statement of a prediction, with the result of simulations.</summary>
/// <param name="Subject">The network: as it is, or with a change that the advice names.</param>
/// <param name="Quantity">The quantity that is compared.</param>
/// <param name="Predicted">The predicted value; NaN where a change is only said to help.</param>
/// <param name="Measured">The mean over the simulations.</param>
/// <param name="Margin">Half the width of the interval of the difference, at the statement's error rate.</param>
/// <param name="Verdict">Whether the statement holds.</param>
/// <param name="Reason">The reason for the verdict.</param>
internal sealed record CheckedStatement(string Subject, string Quantity, double Predicted, double Measured, double Margin, Verdict Verdict, string Reason);
