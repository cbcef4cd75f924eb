using Microsoft.ML.OnnxRuntime;

namespace Wellbehaved.Onnx;

/// <summary>Values that are passed between segments; each is released after the last segment that uses it.</summary>
internal sealed class LiveValues : IDisposable
{
    private readonly Dictionary<string, OrtValue> _values = [];
    private readonly Dictionary<string, int> _lastUse = [];

    /// <summary>Starts without values.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="recorded">For each segment, the values that are recorded after it.</param>
    public LiveValues(IReadOnlyList<Segment> segments, IReadOnlyList<IReadOnlyList<string>> recorded)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            foreach (var name in segments[i].Inputs.Concat(recorded[i]))
            {
                _lastUse[name] = i;
            }
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public OrtValue Get(string name) => _values[name];

    public void Add(string name, OrtValue value) => _values.Add(name, value);

    /// <summary>Releases the values that no later segment uses.</summary>
    public void EndSegment(int segment)
    {
        foreach (var name in _values.Keys.Where(name => _lastUse.GetValueOrDefault(name, -1) <= segment).ToList())
        {
            _values.Remove(name, out var value);
            value!.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }
}
