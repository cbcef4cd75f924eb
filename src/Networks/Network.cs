using System.Collections.Immutable;

namespace Wellbehaved.Networks;

/// <summary>A network: its layers and the shape of its inputs, without weights. Two networks are equal where their names, shapes and layers are.</summary>
public sealed class Network : IEquatable<Network>
{
    private readonly Lazy<ImmutableArray<Place>> _places;
    private readonly Lazy<int> _depth;

    /// <summary>Makes a network of layers.</summary>
    /// <param name="name">The network's name in results, titles and messages.</param>
    /// <param name="input">Shape of the features of one input.</param>
    /// <param name="layers">Its layers.</param>
    /// <exception cref="InvalidNetworkException">The layers do not fit each other, or a number is out of range.</exception>
    public Network(string name, Shape input, Layers layers)
        : this(name, input, layers, isPart: false) { }

    /// <summary>Makes a network, or a part of one, whose input may be any features that layers put out: flattened images have more than any channels.</summary>
    private Network(string name, Shape input, Layers layers, bool isPart)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(layers);
        (Name, Input, Layers) = (name, input, layers);
        if (!isPart)
        {
            Require.InputOf(input);
        }

        Structure.Validate(layers);
        layers.Validate(LayerPath.Root);
        Output = layers.OutputOf(input, LayerPath.Root);
        NumberOfPlaces = checked((int)PlaceCount.Outside(layers));
        _depth = new(() => PlaceCount.Units(this));
        _places = new(() => PlaceWalk.Collect(this));
    }

    /// <summary>A part of a network, which reads what the layers before it put out.</summary>
    internal static Network PartOf(string name, Shape input, Layers layers) => new(name, input, layers, isPart: true);

    /// <summary>The network's name in results, titles and messages.</summary>
    public string Name { get; }

    /// <summary>Shape of the features of one input.</summary>
    public Shape Input { get; }

    /// <summary>Its layers.</summary>
    public Layers Layers { get; }

    /// <summary>Shape of the features of one output.</summary>
    public Shape Output { get; }

    /// <summary>The places where signal and noise can be observed, in the order of propagation.</summary>
    public IReadOnlyList<Place> Places => _places.Value;

    /// <summary>Number of <see cref="Places"/>, which it does not list.</summary>
    internal int NumberOfPlaces { get; }

    /// <summary>Number of units: the largest depth of a place.</summary>
    public int Depth => _depth.Value;

    /// <summary>Whether two networks have equal names, shapes and layers.</summary>
    /// <param name="left">A network.</param>
    /// <param name="right">Another one.</param>
    /// <returns>True if so.</returns>
    public static bool operator ==(Network? left, Network? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two networks differ.</summary>
    /// <param name="left">A network.</param>
    /// <param name="right">Another one.</param>
    /// <returns>True if so.</returns>
    public static bool operator !=(Network? left, Network? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Network? other) => other is not null && Name == other.Name && Input == other.Input && Layers == other.Layers;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Network);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Input, Layers);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Input}, {Layers}";
}
