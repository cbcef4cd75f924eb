namespace Wellbehaved.Audit;

/// <summary>The input noise that a prediction was made for.</summary>
/// <param name="MeanSquare">Mean square of the noise that simulation 0 draws, over the images used; 1 in the mean.</param>
/// <param name="SharedWithSignal">
/// The share of it that lies, by chance, in the directions of the signal, about (P - 1)/N⁰ for P points of N⁰ numbers each. Batch norm passes less of this part
/// than of independent noise. Null without batch norm, where this makes no difference.
/// </param>
internal sealed record GivenNoise(double MeanSquare, double? SharedWithSignal);
