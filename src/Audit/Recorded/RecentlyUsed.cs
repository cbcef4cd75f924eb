namespace Wellbehaved.Audit;

/// <summary>
/// Keeps what was used last, and computes the rest again: cells take twice the memory of the numbers that they stand for, and a file may be large.
/// </summary>
/// <typeparam name="T">What is kept.</typeparam>
/// <param name="most">How many are kept.</param>
internal sealed class RecentlyUsed<T>(int most)
{
    private readonly List<(string Name, T Value)> _kept = [];

    /// <summary>Finds or computes.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="compute">Computes it; may itself ask for others.</param>
    public T Find(string name, Func<T> compute)
    {
        var index = _kept.FindIndex(pair => pair.Name == name);
        var value = index < 0 ? compute() : _kept[index].Value;
        if (index >= 0)
        {
            _kept.RemoveAt(index);
        }
        else if (_kept.Count >= most)
        {
            _kept.RemoveAt(0);
        }

        _kept.Add((name, value));
        return value;
    }
}
