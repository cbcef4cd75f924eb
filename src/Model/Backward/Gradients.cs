namespace Wellbehaved.Model;

/// <summary>Which gradients a backward pass computes; gradients that are left out cost no time.</summary>
[Flags]
public enum Gradients
{
    /// <summary>None: signals only pass forward, and none are stored.</summary>
    None = 0,

    /// <summary>The gradient at the input of the network.</summary>
    Input = 1,

    /// <summary>The gradients of weights and biases.</summary>
    Parameters = 2,

    /// <summary>
    /// Gradients at the places are reported to an observer; the pass goes back to the first place even if neither input nor parameters are asked for.
    /// </summary>
    Places = 4,
}
