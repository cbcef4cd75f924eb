namespace Wellbehaved.Files;

/// <summary>Named arrays in memory, for code that reads archives.</summary>
/// <param name="arrays">The arrays.</param>
internal sealed class ArraysInMemory(IEnumerable<KeyValuePair<string, NpyArray>> arrays) : IArrayCollection
{
    private readonly Dictionary<string, NpyArray> _arrays = new(arrays);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _arrays.Keys;

    /// <inheritdoc/>
    public long StoredBytes => _arrays.Values.Sum(array => (long)array.Bytes.Length);

    /// <inheritdoc/>
    public bool Contains(string name) => _arrays.ContainsKey(name);

    /// <inheritdoc/>
    public NpyHeader Describe(string name) =>
        new(_arrays[name].ElementType, [.. _arrays[name].Shape], isFortranOrder: false, offset: 0, _arrays[name].Bytes.Length);

    /// <inheritdoc/>
    public NpyArray Read(string name) => _arrays[name];

    /// <inheritdoc/>
    public void Dispose() { }
}
