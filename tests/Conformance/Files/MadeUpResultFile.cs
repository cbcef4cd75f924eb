namespace Wellbehaved.Tests.Conformance;

/// <summary>Result files of a few numbers that a test sets by hand.</summary>
internal static class MadeUpResultFile
{
    /// <summary>Writes the arrays and reads them as a result.</summary>
    /// <param name="depths">Computed depths.</param>
    /// <param name="moments">Moments by name (simulations × depths).</param>
    /// <param name="configuration">The options of the experiment, if the file says.</param>
    public static ResultFile Write(long[] depths, (string Name, double[][] Rows)[] moments, string? configuration = null)
    {
        var arrays = moments
            .Select(moment => KeyValuePair.Create(moment.Name, NpyArray.From([.. moment.Rows.SelectMany(row => row)], moment.Rows.Length, depths.Length)))
            .ToList();
        arrays.Add(KeyValuePair.Create("depth", NpyArray.From(depths, depths.Length)));
        if (configuration is not null)
        {
            arrays.Add(KeyValuePair.Create("configuration", NpyArray.From(configuration)));
        }

        var folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        try
        {
            var path = Path.Combine(folder, "moments.npz");
            NpzArchive.Write(path, arrays);
            return ResultFile.Read(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
