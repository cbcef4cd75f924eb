namespace Wellbehaved.Audit;

/// <summary>What a check confronts a subject with.</summary>
internal enum VerdictLevel
{
    /// <summary>The definition, element by element, with given weights.</summary>
    GivenWeights,

    /// <summary>The weights that it draws, and what it does with them.</summary>
    Initialisation,

    /// <summary>What theory says of its random networks.</summary>
    Statistics,
}

/// <summary>Levels of checks.</summary>
internal static class VerdictLevels
{
    /// <summary>The level of a check.</summary>
    /// <param name="check">The check.</param>
    /// <returns>By the kind of its claim; claims I are about weights that the subject draws, and what it does with them.</returns>
    public static VerdictLevel LevelOf(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.ClaimId[0] == 'I' ? VerdictLevel.Initialisation
            : ClaimLedger.Find(check.ClaimId)?.Kind == ClaimKind.Always ? VerdictLevel.GivenWeights
            : VerdictLevel.Statistics;
    }
}
