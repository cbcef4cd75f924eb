namespace Wellbehaved.Model;

/// <summary>Which gradients a backward pass computes; what is left out costs nothing.</summary>
[Flags]
public enum Gradients
{
    /// <summary>None: signals pass forward alone, and nothing is kept.</summary>
    None = 0,

    /// <summary>The gradient at the input of the network.</summary>
    Input = 1,

    /// <summary>The gradients of weights and biases.</summary>
    Parameters = 2,

    /// <summary>
    /// Gradients at the places in between are shown; the pass goes down to the first place even if neither input nor parameters are asked for.
    /// </summary>
    Places = 4,
}
