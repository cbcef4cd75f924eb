namespace Wellbehaved.Audit;

/// <summary>A property that a deep mapping has or does not have; a NaN counts as not having it.</summary>
/// <param name="Quantity">The property, in words.</param>
/// <param name="Shown">Whether each living mapping of a table has it.</param>
internal sealed record MappingProperty(string Quantity, Func<MomentTable, IEnumerable<bool>> Shown)
{
    /// <summary>A property of how a mapping changes when the depth doubles.</summary>
    public static MappingProperty When(string quantity, Func<MappingBehaviour, bool> shows) =>
        new(
            quantity,
            table =>
                (MappingBehaviour.Read(table) ?? throw new SubjectException("expected effective ranks and χ at a quarter, half and all of the depth")).Select(
                    shows
                )
        );

    /// <summary>A property of a moment by depth.</summary>
    /// <param name="quantity">The property, in words.</param>
    /// <param name="rows">The moment: a row for each mapping.</param>
    /// <param name="moment">Its name, for messages.</param>
    /// <param name="shows">Decides from a row and its depths.</param>
    public static MappingProperty OfDepths(
        string quantity,
        Func<MomentTable, IReadOnlyList<double[]>?> rows,
        string moment,
        Func<double[], IReadOnlyList<int>, bool> shows
    ) => new(quantity, table => (rows(table) ?? throw new SubjectException($"expected {moment} by depth, got none")).Select(row => shows(row, table.Depths)));
}
