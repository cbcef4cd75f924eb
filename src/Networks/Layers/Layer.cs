namespace Wellbehaved.Networks;

/// <summary>A layer: what it does and how large it is, without weights.</summary>
/// <remarks>
/// The layers are those of this assembly; Model, Theory and Audit interpret them, each on its own. A switch over them ends in an arm that
/// throws <see cref="UnknownLayerException"/>: no default stands for a layer.
/// </remarks>
public abstract record Layer
{
    private protected Layer() { }

    /// <summary>The word that stands for the layer in files and messages.</summary>
    public abstract string Word { get; }

    /// <summary>The shape that the layer makes of another.</summary>
    /// <param name="input">Shape of the features of one input.</param>
    /// <returns>Shape of the output.</returns>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    public Shape OutputOf(Shape input) => OutputOf(input, Word);

    /// <summary>The shape that the layer makes of another.</summary>
    /// <param name="input">Shape of the features of one input.</param>
    /// <param name="path">Where the layer stands, for refusals.</param>
    /// <returns>Shape of the output.</returns>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    internal abstract Shape OutputOf(Shape input, string path);

    /// <summary>Refuses numbers that are out of range whatever the shape.</summary>
    /// <param name="path">Where the layer stands, for refusals.</param>
    /// <exception cref="InvalidNetworkException">A number is out of range.</exception>
    internal abstract void Validate(string path);
}
