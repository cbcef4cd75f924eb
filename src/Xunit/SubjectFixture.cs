using Wellbehaved.Audit;

namespace Wellbehaved.Xunit;

/// <summary>One instance of the audited class for all tests, with the deep experiments that several of them share.</summary>
/// <typeparam name="TSubject">The audited class.</typeparam>
public sealed class SubjectFixture<TSubject> : IDisposable
    where TSubject : ISubject, new()
{
    private readonly Dictionary<(Scale Scale, ulong Seed), DeepExperiments> _deep = [];

    /// <summary>The audited instance.</summary>
    public TSubject Subject { get; } = new();

    /// <summary>Deep experiments for a scale and a seed; they are run at the first call.</summary>
    /// <param name="scale">How much to simulate.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The experiments.</returns>
    internal DeepExperiments DeepOf(Scale scale, ulong seed)
    {
        lock (_deep)
        {
            return _deep.TryGetValue((scale, seed), out var deep) ? deep : _deep[(scale, seed)] = new DeepExperiments(Subject, scale, seed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (Subject as IDisposable)?.Dispose();
}
