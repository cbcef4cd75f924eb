namespace Wellbehaved.Audit;

/// <summary>The parameters of one mapping, taken one after the other in the order of propagation.</summary>
/// <param name="arrays">Weights, each followed by its biases if there are any, and masks and survivals.</param>
internal sealed class WrittenOutParameters(IReadOnlyList<double[]> arrays)
{
    private int _next;

    /// <summary>Takes the next array.</summary>
    /// <param name="what">The array that is expected, in words for the message.</param>
    /// <param name="length">The number of numbers that it must have.</param>
    /// <exception cref="ArgumentException">No array is left, or the next one has another length.</exception>
    public double[] Take(string what, int length)
    {
        if (_next == arrays.Count)
        {
            throw new ArgumentException($"expected {length} numbers, {what}, after {arrays.Count} arrays of parameters, got no more");
        }

        return arrays[_next].Length == length
            ? arrays[_next++]
            : throw new ArgumentException($"expected {length} numbers in array {_next} of the parameters, {what}, got {arrays[_next].Length}");
    }

    /// <summary>Refuses parameters that no layer has taken.</summary>
    /// <exception cref="ArgumentException">Some parameters are left.</exception>
    public void End()
    {
        if (_next < arrays.Count)
        {
            throw new ArgumentException($"expected {_next} arrays of parameters, got {arrays.Count}");
        }
    }
}
