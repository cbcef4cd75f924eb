namespace Wellbehaved.Audit;

/// <summary>Compares tensors element by element.</summary>
internal static class TensorComparison
{
    /// <summary>Adds a comparison for each element.</summary>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="observed">The subject's tensor.</param>
    /// <param name="expected">The right tensor.</param>
    /// <param name="bounds">The largest allowed error of each element.</param>
    /// <param name="where">The place.</param>
    public static void AddTensor(this ExactComparison comparison, double[] observed, double[] expected, double[] bounds, string where)
    {
        for (var i = 0; i < observed.Length; i++)
        {
            comparison.Add(new Observed(observed[i]), new Expected(expected[i]), bounds[i], where);
        }
    }

    /// <summary>Adds a comparison for each element of signal and noise.</summary>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="after">The subject's tensors.</param>
    /// <param name="right">The right tensors, with the largest allowed error of each element.</param>
    /// <param name="description">The network, for messages.</param>
    public static void AddEnclosure(this ExactComparison comparison, Snapshot after, Enclosure right, string description)
    {
        comparison.AddTensor(after.Signal, right.Signal, right.SignalBound, $"signal, {after.Where}, {description}");
        comparison.AddTensor(after.Noise, right.Noise, right.NoiseBound, $"noise, {after.Where}, {description}");
    }

    /// <summary>
    /// Adds a comparison for each element of a sum. One addition errs by half a unit in the last place of its result; a subject that keeps scales beside its
    /// tensors rounds once more.
    /// </summary>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="sum">The subject's sum.</param>
    /// <param name="skip">The skip connection.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="unitRoundoff">u of the subject's tensors.</param>
    /// <param name="where">The place.</param>
    public static void AddSum(this ExactComparison comparison, double[] sum, double[] skip, double[] branch, double unitRoundoff, string where)
    {
        for (var i = 0; i < sum.Length; i++)
        {
            comparison.Add(
                new Observed(sum[i]),
                new Expected(skip[i] + branch[i]),
                Roundings.Gamma(2, unitRoundoff) * (Math.Abs(skip[i]) + Math.Abs(branch[i])),
                where
            );
        }
    }

    /// <summary>Adds a comparison for each element, allowing some roundings of the element itself.</summary>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="observed">The subject's tensor.</param>
    /// <param name="expected">The right tensor.</param>
    /// <param name="relative">The largest allowed error of each element, relative to its magnitude.</param>
    /// <param name="where">The place.</param>
    public static void AddTensor(this ExactComparison comparison, double[] observed, double[] expected, double relative, string where) =>
        comparison.AddTensor(observed, expected, Array.ConvertAll(expected, value => relative * Math.Abs(value)), where);
}
