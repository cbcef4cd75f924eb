using System.Text.Json.Nodes;

namespace Wellbehaved.Bench;

/// <summary>A piece of work that both sides do.</summary>
/// <param name="Description">For readers, and for the history: a row is known by it.</param>
/// <param name="Cost">What it takes at least.</param>
/// <param name="Request">What the peer is asked to do.</param>
/// <param name="Prepare">Gets our side ready.</param>
internal sealed record Work(string Description, Cost Cost, JsonObject Request, Func<Prepared> Prepare)
{
    /// <summary>How many times faster than the peer it is meant to be; null where nothing was asked.</summary>
    public double? Target { get; init; }

    /// <summary>Layers that it passes; times are those of one.</summary>
    public int Layers { get; init; } = 1;
}

/// <summary>Our side of a piece of work, ready to be done again and again.</summary>
/// <param name="seconds">Does it once, and says how long one of those took that it did side by side.</param>
/// <param name="owned">What is disposed of afterwards.</param>
internal sealed class Prepared(Func<double> seconds, params IEnumerable<IDisposable> owned) : IDisposable
{
    private readonly IDisposable[] _owned = [.. owned];

    /// <summary>Does it once.</summary>
    public double Seconds() => seconds();

    public void Dispose() => Array.ForEach(_owned, one => one.Dispose());
}
