namespace Wellbehaved.Theory;

/// <summary>A variance that double precision does not hold: of a network with extreme parameters, which has no verdict then.</summary>
/// <param name="name">Name of the parameter.</param>
/// <param name="variance">The variance: infinite, or not a number.</param>
internal sealed class UnboundedVarianceException(string name, double variance)
    : ArgumentOutOfRangeException(name, variance, "expected a finite variance of at least 0");
