namespace Wellbehaved.Experiments;

/// <summary>How a mapping ended, and where.</summary>
public readonly record struct MappingEnd
{
    internal MappingEnd(Ending ending, int depth) => (Ending, Depth) = (ending, depth);

    /// <summary>How it ended; none if it did not end.</summary>
    public Ending Ending { get; internal init; }

    /// <summary>The first computed depth at which it had ended; -1 if it did not end.</summary>
    public int Depth { get; internal init; }

    /// <summary>The value for a mapping that did not end.</summary>
    public static MappingEnd None { get; } = new(Ending.None, -1);

    /// <summary>Whether it ended.</summary>
    public bool HasEnded => Ending != Ending.None;

    /// <summary>Whether a mapping had not yet ended at a depth.</summary>
    /// <param name="depth">The depth.</param>
    /// <returns>True before the end.</returns>
    public bool IsAliveAt(int depth) => !HasEnded || depth < Depth;

    /// <summary>Finds the end of a mapping from the logarithms of its moments.</summary>
    /// <param name="depths">Computed depths.</param>
    /// <param name="logNu2">ln ν₂ of the signal, by depth; negative infinity or <see cref="MomentSet.LogOfZero"/> for zero; null if unknown, as are the
    /// following parameters.</param>
    /// <param name="logMu2">ln μ₂ of the signal.</param>
    /// <param name="logNoise">ln μ₂ of the noise.</param>
    /// <param name="logChi">ln χ.</param>
    /// <param name="reff">Effective rank of the signal; -1 where it was not computed or does not exist.</param>
    /// <returns>The end.</returns>
    internal static MappingEnd Tell(IReadOnlyList<int> depths, double[]? logNu2, double[]? logMu2, double[]? logNoise, double[]? logChi, double[]? reff)
    {
        ArgumentNullException.ThrowIfNull(depths);
        return Find(depths, [.. depths.Select((_, i) => StateOf(logNu2?[i], logMu2?[i], logNoise?[i], logChi?[i], reff?[i]))]);
    }

    /// <summary>
    /// The end of a mapping whose state at each depth is known: the first depth after which it is never alive again, or the first depth with a NaN if that is
    /// less.
    /// </summary>
    internal static MappingEnd Find(IReadOnlyList<int> depths, IReadOnlyList<Ending> states)
    {
        var last = states.Count;
        while (last > 0 && states[last - 1] != Ending.None)
        {
            last--;
        }

        for (var i = 0; i < states.Count; i++)
        {
            if (i == last || states[i] == Ending.NotANumber)
            {
                return new MappingEnd(states[i], depths[i]);
            }
        }

        return None;
    }

    private static Ending StateOf(double? nu2, double? mu2, double? noise, double? chi, double? reff)
    {
        // The χ of a signal that is dead or does not vary depends on the program: 0, infinity or NaN.
        if (IsZero(nu2) || (nu2 is null && reff == EffectiveRank.NotComputed && !IsNumber(chi) && !IsNumber(mu2)))
        {
            return Ending.DeadSignal;
        }

        if (IsNumber(nu2) && (IsZero(mu2) || (mu2 is null && chi is not null && !IsNumber(chi) && reff == EffectiveRank.NotComputed)))
        {
            return Ending.NoVariance;
        }

        if (new[] { nu2, mu2, noise, reff }.Any(value => value is double.NaN))
        {
            return Ending.NotANumber;
        }

        if (new[] { nu2, mu2, noise, chi }.Any(value => value is double.PositiveInfinity))
        {
            return Ending.Overflow;
        }

        return chi is double.NaN ? Ending.NotANumber
            : IsZero(noise) || IsZero(chi) ? Ending.ExtinctNoise
            : Ending.None;

        static bool IsZero(double? logarithm) => logarithm is { } value && MomentSet.IsLogOfZero(value);

        static bool IsNumber(double? logarithm) => logarithm is { } value && double.IsFinite(value) && !IsZero(value);
    }
}
