namespace Wellbehaved.Audit;

/// <summary>
/// Keeps the values that were used most recently, and computes the others again: cells take twice the memory of the numbers that they stand for, and a file may
/// be large.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="most">The most values that are kept.</param>
internal sealed class RecentlyUsed<T>(int most)
{
    private readonly List<(string Name, T Value)> _kept = [];

    /// <summary>Finds a value, or computes it.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="compute">Computes the value; may itself ask for others.</param>
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
