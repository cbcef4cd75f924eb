using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Wellbehaved.Networks;

/// <summary>A sequence of layers. Two sequences are equal where their layers are.</summary>
[CollectionBuilder(typeof(Layers), nameof(Create))]
public sealed class Layers : IReadOnlyList<Layer>, IEquatable<Layers>
{
    private readonly ImmutableArray<Layer> _layers;

    private Layers(ImmutableArray<Layer> layers) => _layers = layers;

    /// <summary>No layers: the identity.</summary>
    public static Layers None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _layers.Length;

    /// <inheritdoc/>
    public Layer this[int index] => _layers[index];

    /// <summary>Whether two lists have equal layers in the same order.</summary>
    /// <param name="left">A list.</param>
    /// <param name="right">Another one.</param>
    /// <returns>True if so.</returns>
    public static bool operator ==(Layers? left, Layers? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two lists differ.</summary>
    /// <param name="left">A list.</param>
    /// <param name="right">Another one.</param>
    /// <returns>True if so.</returns>
    public static bool operator !=(Layers? left, Layers? right) => !(left == right);

    /// <summary>Makes a sequence of layers.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>The list.</returns>
    public static Layers Create(ReadOnlySpan<Layer> layers)
    {
        foreach (var layer in layers)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(layers));
        }

        return new([.. layers]);
    }

    /// <inheritdoc/>
    public bool Equals(Layers? other) => other is not null && _layers.AsSpan().SequenceEqual(other._layers.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Layers);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var layer in _layers)
        {
            hash.Add(layer);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => ((IEnumerable<Layer>)_layers).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _layers)}]";

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The shape of the output of all layers, one after the other, for a given shape of the input.</summary>
    /// <param name="input">Shape of the features of one input.</param>
    /// <param name="path">The path of the list, for messages.</param>
    /// <returns>Shape of the output.</returns>
    /// <exception cref="InvalidNetworkException">A layer does not fit.</exception>
    internal Shape OutputOf(Shape input, string path)
    {
        var shape = input;
        for (var i = 0; i < Count; i++)
        {
            shape = this[i].OutputOf(shape, LayerPath.Write(path, i, this[i]));
        }

        return shape;
    }

    /// <summary>Refuses numbers that are out of range for every shape.</summary>
    internal void Validate(string path)
    {
        for (var i = 0; i < Count; i++)
        {
            this[i].Validate(LayerPath.Write(path, i, this[i]));
        }
    }
}
