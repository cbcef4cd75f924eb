namespace Wellbehaved.Model;

/// <summary>A spatial frequency and where it stands in the transformed image.</summary>
/// <param name="Row">Frequency along the rows' axis, in 0 … height - 1.</param>
/// <param name="Column">Frequency along the columns' axis, in 0 … width - 1.</param>
/// <param name="Position">Position of the frequency in the transformed image.</param>
/// <param name="Opposite">Position of the opposite frequency, whose kernel is the complex conjugate.</param>
internal readonly record struct Frequency(int Row, int Column, int Position, int Opposite)
{
    /// <summary>Whether the frequency is its own opposite, so that the kernel there is real.</summary>
    public bool IsReal => Position == Opposite;
}

/// <summary>The frequencies (f, g) and (f, -g), which share the reading of the weights; there may be only one.</summary>
/// <param name="First">The frequency (f, g).</param>
/// <param name="Mirrored">The frequency (f, -g), unless it is the first one or its opposite.</param>
internal readonly record struct FrequencyGroup(Frequency First, Frequency? Mirrored)
{
    /// <summary>Number of frequencies, 1 or 2.</summary>
    public int Count => Mirrored is null ? 1 : 2;

    /// <summary>One of the frequencies.</summary>
    public Frequency this[int index] => index == 0 ? First : Mirrored!.Value;

    /// <summary>Groups the frequencies of an image so that each stands in one group, itself or by its opposite; large groups first.</summary>
    public static FrequencyGroup[] Of(FourierTransform rows, FourierTransform columns)
    {
        var (height, width) = (rows.Length, columns.Length);
        var (rowPositions, columnPositions) = (Inverted(rows.Frequencies), Inverted(columns.Frequencies));
        var groups =
            from row in Enumerable.Range(0, (height / 2) + 1)
            from column in Enumerable.Range(0, (width / 2) + 1)
            let distinct = (2 * row) % height != 0 && (2 * column) % width != 0
            select new FrequencyGroup(At(row, column), distinct ? At(row, width - column) : null);
        return [.. groups.OrderByDescending(group => group.Count)];

        Frequency At(int row, int column) =>
            new(row, column, Position(row, column), Position((height - row) % height, (width - column) % width));

        int Position(int row, int column) => (rowPositions[row] * width) + columnPositions[column];
    }

    private static int[] Inverted(int[] permutation)
    {
        var inverse = new int[permutation.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[permutation[i]] = i;
        }

        return inverse;
    }
}
