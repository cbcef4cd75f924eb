namespace Wellbehaved.Experiments;

/// <summary>An array of a result file that holds a moment at some of the places of a network, and which columns of the neutral layout these are.</summary>
/// <param name="Name">Name of the array.</param>
/// <param name="First">The neutral column of its first column.</param>
/// <param name="Step">How many neutral columns the next one is further on.</param>
/// <param name="Columns">Number of its columns.</param>
internal readonly record struct MomentPart(string Name, int First, int Step, int Columns)
{
    /// <summary>The neutral column of a column.</summary>
    public int NeutralColumn(int column) => First + (column * Step);
}
