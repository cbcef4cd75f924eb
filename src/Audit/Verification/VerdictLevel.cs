namespace Wellbehaved.Audit;

/// <summary>What a check compares a subject with.</summary>
internal enum VerdictLevel
{
    /// <summary>The definition, element by element, with given weights.</summary>
    GivenWeights,

    /// <summary>The law of the weights that it draws, and how it uses them.</summary>
    Initialisation,

    /// <summary>The theory's predictions for its random networks.</summary>
    Statistics,
}

/// <summary>Assigns levels to checks.</summary>
internal static class VerdictLevels
{
    /// <summary>The level of a check.</summary>
    /// <param name="check">The check.</param>
    /// <returns>The level by the kind of its claim; claims I are about the weights that the subject draws, and how it uses them.</returns>
    public static VerdictLevel LevelOf(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.ClaimId[0] == 'I' ? VerdictLevel.Initialisation
            : ClaimLedger.Find(check.ClaimId)?.Kind == ClaimKind.Always ? VerdictLevel.GivenWeights
            : VerdictLevel.Statistics;
    }
}
