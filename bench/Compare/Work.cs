using System.Text.Json.Nodes;

namespace Wellbehaved.Bench;

/// <summary>A piece of work that both sides do.</summary>
/// <param name="Description">The description for readers; it also identifies the row in the history.</param>
/// <param name="Cost">The least that the work costs.</param>
/// <param name="Request">What the peer is asked to do.</param>
/// <param name="Prepare">Gets our side ready.</param>
internal sealed record Work(string Description, Cost Cost, JsonObject Request, Func<Prepared> Prepare)
{
    /// <summary>How many times faster than the peer our side should be; null where there is no target.</summary>
    public double? Target { get; init; }

    /// <summary>Number of layers that the work passes through; times are stated for one layer.</summary>
    public int Layers { get; init; } = 1;
}

/// <summary>Our side of a piece of work, ready to be done again and again.</summary>
/// <param name="seconds">Does the work once and returns its seconds; where it did several side by side, the seconds of one of them.</param>
/// <param name="owned">What is disposed of afterwards.</param>
internal sealed class Prepared(Func<double> seconds, params IEnumerable<IDisposable> owned) : IDisposable
{
    private readonly IDisposable[] _owned = [.. owned];

    /// <summary>Does the work once.</summary>
    public double Seconds() => seconds();

    public void Dispose() => Array.ForEach(_owned, one => one.Dispose());
}
