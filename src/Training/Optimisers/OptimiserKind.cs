namespace Wellbehaved.Training;

/// <summary>The rule by which parameters follow their gradients.</summary>
internal enum OptimiserKind
{
    /// <summary>Adam (Kingma, Ba 2015) with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum 0.9 (Polyak 1964; Sutskever et al. 2013 without Nesterov's look-ahead).</summary>
    Sgd,
}
