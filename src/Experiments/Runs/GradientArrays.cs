namespace Wellbehaved.Experiments;

/// <summary>Writes the mean square of the gradient and its logarithm.</summary>
internal static class GradientArrays
{
    /// <summary>Adds both arrays; the first is left out, with a warning, where it exceeds double precision.</summary>
    /// <param name="arrays">Receives the arrays.</param>
    /// <param name="warnings">Receives a warning for an array that is left out.</param>
    /// <param name="suffix">The suffix of the arrays' names.</param>
    /// <param name="logarithms">Natural logarithms (simulations × columns).</param>
    /// <param name="simulations">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static void Add(List<KeyValuePair<string, NpyArray>> arrays, List<string> warnings, string suffix, double[] logarithms, int simulations, int columns)
    {
        double[] values = [.. logarithms.Select(logarithm => logarithm == MomentSet.LogOfZero ? 0 : Math.Exp(logarithm))];
        if (values.All(double.IsFinite))
        {
            arrays.Add(new($"{MomentColumns.Gradient}{suffix}", NpyArray.From(values, simulations, columns)));
        }
        else
        {
            warnings.Add($"left out {MomentColumns.Gradient}{suffix}: it exceeds double precision (its logarithm is in {MomentColumns.LogGradient}{suffix})");
        }

        arrays.Add(new($"{MomentColumns.LogGradient}{suffix}", NpyArray.From(logarithms, simulations, columns)));
    }
}
