namespace Wellbehaved.Model;

/// <summary>A spatial frequency and its position in the transformed image.</summary>
/// <param name="Column">Frequency along a row, in 0 … width - 1.</param>
/// <param name="Position">Position of the frequency in the transformed image.</param>
/// <param name="Opposite">Position of the opposite frequency, where the transforms of real features and a real kernel are the complex conjugates.</param>
internal readonly record struct Frequency(int Column, int Position, int Opposite)
{
    /// <summary>Whether the frequency is its own opposite, so that the kernel there is real.</summary>
    public bool IsReal => Position == Opposite;

    /// <summary>The frequencies of an image, grouped by the frequency along the columns; of each frequency and its opposite only one is listed.</summary>
    /// <param name="alongColumns">Transform along the columns.</param>
    /// <param name="alongRows">Transform along the rows.</param>
    /// <returns>For each frequency along the columns, from 0 to half the height, the frequencies along the rows.</returns>
    public static Frequency[][] Rows(FourierTransform alongColumns, FourierTransform alongRows)
    {
        var (height, width) = (alongColumns.Length, alongRows.Length);
        var (rowPositions, columnPositions) = (Inverted(alongColumns.Frequencies), Inverted(alongRows.Frequencies));
        return
        [
            .. Enumerable
                .Range(0, (height / 2) + 1)
                .Select(row =>
                {
                    // A row that is its own opposite also holds the opposites of its columns.
                    var columns = (2 * row) % height == 0 ? (width / 2) + 1 : width;
                    return Enumerable.Range(0, columns).Select(column => At(row, column)).ToArray();
                }),
        ];

        Frequency At(int row, int column) => new(column, Position(row, column), Position((height - row) % height, (width - column) % width));

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
