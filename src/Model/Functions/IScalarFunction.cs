namespace Wellbehaved.Model;

/// <summary>A function of one number that is not homogeneous, with its derivative; all lanes of a register are evaluated at once.</summary>
internal interface IScalarFunction
{
    /// <summary>Whether its values are bounded; the values of other functions grow like max(u, 0).</summary>
    static abstract bool IsBounded { get; }

    /// <summary>Whether f(0) = 0, so that the values for small numbers are small.</summary>
    static abstract bool VanishesAtZero { get; }

    /// <summary>Exponent of a signal from which on the function has no value in double precision; null for a function with an asymptote.</summary>
    static virtual int? MostExponent => null;

    /// <summary>
    /// Evaluates the function and its derivative to a few units in the last place. At infinities they are their limits, and NaN gives NaN.
    /// </summary>
    /// <param name="u">The arguments.</param>
    /// <param name="value">f(u).</param>
    /// <param name="derivative">f'(u).</param>
    static abstract void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>;
}
