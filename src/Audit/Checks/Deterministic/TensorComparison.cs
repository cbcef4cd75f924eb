namespace Wellbehaved.Audit;

/// <summary>Compares tensors element by element.</summary>
internal static class TensorComparison
{
    /// <summary>Adds a comparison for each element.</summary>
    /// <param name="comparison">Collects.</param>
    /// <param name="observed">The subject's tensor.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="tolerance">Relative to the root mean square of what is expected.</param>
    /// <param name="where">The place.</param>
    public static void AddTensor(this ExactComparison comparison, double[] observed, double[] expected, double tolerance, string where)
    {
        var absolute = tolerance * Math.Sqrt(expected.Average(value => value * value));
        for (var i = 0; i < observed.Length; i++)
        {
            comparison.Add(new Observed(observed[i]), new Expected(expected[i]), absolute, where);
        }
    }
}
