namespace Wellbehaved.Audit;

/// <summary>Reads the output file of a request, which must hold exactly the arrays that were asked for, with the right shapes.</summary>
internal static class OutputArrays
{
    /// <summary>Number of bytes per array that the archive may take besides its numbers.</summary>
    private const long Overhead = 4096;

    /// <summary>Bytes of the widest numbers that are read.</summary>
    private const int LargestElement = 16;

    /// <summary>Checks the size of an output file, while the subject may still be writing it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">Shapes of the arrays that it must hold.</param>
    /// <returns>A message if the file is larger than an answer can be; otherwise null.</returns>
    public static string? Excess(string path, Dictionary<string, int[]> expected) =>
        new FileInfo(path) is { Exists: true } file && file.LinkTarget is null ? Excess(LengthOf(file), MostBytes(expected)) : null;

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">Shapes of the arrays that it must hold.</param>
    /// <returns>The numbers of each array.</returns>
    /// <exception cref="AdapterException">The file is missing, damaged or too large, or holds other arrays or shapes than expected.</exception>
    public static Dictionary<string, double[]> Read(string path, Dictionary<string, int[]> expected)
    {
        try
        {
            using var file = OutputFile.Open(path);
            if (Excess(file.Length, MostBytes(expected)) is { } excess)
            {
                throw new AdapterException(excess);
            }

            using var archive = NpzArchive.Open(file, "output file");
            if (archive.Names.FirstOrDefault(name => !expected.ContainsKey(name)) is { } unknown)
            {
                throw new AdapterException($"expected the arrays {string.Join(", ", expected.Keys)} in the output file, found '{unknown}' beside them");
            }

            // A small file may hold large arrays: so arrays that were not asked for are not read.
            foreach (var (name, shape) in expected)
            {
                var header = archive.Describe(name);
                if (!header.Shape.SequenceEqual(shape))
                {
                    throw new AdapterException(
                        $"expected '{name}' of shape ({string.Join(", ", shape)}) in the output file, found ({string.Join(", ", header.Shape)})"
                    );
                }

                if (header.ElementType.Kind != 'f')
                {
                    throw new AdapterException($"expected floating point numbers in '{name}' in the output file, found {NameOf(header.ElementType)}");
                }
            }

            return expected.Keys.ToDictionary(name => name, name => archive.Read(name).ToDoubles());
        }
        catch (Exception exception) when (exception is InvalidInputException or FormatException)
        {
            throw new AdapterException(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AdapterException($"expected an output file that can be read ({exception.Message})");
        }
    }

    private static string? Excess(long length, long most) => length > most ? $"expected an output file of at most {most} bytes, found {length}" : null;

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file has been removed since.
            return 0;
        }
    }

    private static long MostBytes(Dictionary<string, int[]> expected) =>
        expected.Values.Sum(shape => (LargestElement * shape.Aggregate(1L, (product, extent) => product * extent)) + Overhead) + Overhead;

    private static string NameOf(NpyElementType type) =>
        type.Kind switch
        {
            'U' => "text",
            'b' => "truth values",
            _ => "whole numbers",
        };
}
