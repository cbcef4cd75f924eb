namespace Wellbehaved.Audit;

/// <summary>Compares tensors element by element.</summary>
internal static class TensorComparison
{
    /// <summary>Adds a comparison for each element.</summary>
    /// <param name="comparison">Collects.</param>
    /// <param name="observed">The subject's tensor.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="bounds">How far each element may be from that.</param>
    /// <param name="where">The place.</param>
    public static void AddTensor(this ExactComparison comparison, double[] observed, double[] expected, double[] bounds, string where)
    {
        for (var i = 0; i < observed.Length; i++)
        {
            comparison.Add(new Observed(observed[i]), new Expected(expected[i]), bounds[i], where);
        }
    }

    /// <summary>Adds a comparison for each element, with some roundings of the element itself.</summary>
    /// <param name="comparison">Collects.</param>
    /// <param name="observed">The subject's tensor.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="relative">How far each element may be from that, relative to its magnitude.</param>
    /// <param name="where">The place.</param>
    public static void AddTensor(this ExactComparison comparison, double[] observed, double[] expected, double relative, string where) =>
        comparison.AddTensor(observed, expected, Array.ConvertAll(expected, value => relative * Math.Abs(value)), where);
}
