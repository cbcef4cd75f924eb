namespace Wellbehaved.Model;

/// <summary>A function of one number that is not homogeneous, with its derivative.</summary>
internal interface IScalarFunction
{
    /// <summary>Whether its values are bounded; others grow like max(u, 0).</summary>
    static abstract bool IsBounded { get; }

    /// <summary>Whether f(0) = 0, so that small numbers keep their scale.</summary>
    static abstract bool VanishesAtZero { get; }

    /// <summary>Exponent of a signal from which on the function has no value in double precision; null where it has an asymptote.</summary>
    static virtual int? MostExponent => null;

    /// <summary>Evaluates the function and its derivative to a few units in the last place.</summary>
    /// <param name="u">The argument, finite.</param>
    /// <param name="value">f(u).</param>
    /// <param name="derivative">f'(u).</param>
    static abstract void Evaluate(double u, out double value, out double derivative);
}
