using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>The effect of a stage of a network on signal and noise.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="From">Depth before it.</param>
/// <param name="To">Depth of its end.</param>
/// <param name="Directions">Median effective rank of the signal at its end; NaN where it was not computed.</param>
/// <param name="LogSnr">Median of ln(SNR^l/SNR^0) = -2 ln χ there; NaN where no mapping has a value.</param>
/// <param name="Gain">Gain of ln χ over the stage, mean over mappings; null where it is not known.</param>
internal sealed record StageOutcome(string Name, int From, int To, double Directions, double LogSnr, Estimate? Gain);
