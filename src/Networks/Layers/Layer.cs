namespace Wellbehaved.Networks;

/// <summary>The description of a layer: its operation and its sizes, without weights.</summary>
/// <remarks>
/// All layers are in this assembly; Model, Theory and Audit interpret them independently. A switch over them must end in an arm that
/// throws, so that no default hides a missing layer.
/// </remarks>
public abstract record Layer
{
    private protected Layer() { }

    /// <summary>The word that stands for the layer in files and messages.</summary>
    internal abstract string Word { get; }

    /// <summary>The shape of the layer's output for a given shape of its input.</summary>
    /// <param name="input">Shape of the features of one input.</param>
    /// <returns>Shape of the output.</returns>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    public Shape OutputOf(Shape input) => OutputOf(input, Word);

    /// <summary>The shape of the layer's output for a given shape of its input.</summary>
    /// <param name="input">Shape of the features of one input.</param>
    /// <param name="path">The layer's path, for messages.</param>
    /// <returns>Shape of the output.</returns>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    internal abstract Shape OutputOf(Shape input, string path);

    /// <summary>Refuses numbers that are out of range for every shape.</summary>
    /// <param name="path">The layer's path, for messages.</param>
    /// <exception cref="InvalidNetworkException">A number is out of range.</exception>
    internal abstract void Validate(string path);
}
