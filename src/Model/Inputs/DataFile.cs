namespace Wellbehaved.Model;

/// <summary>Reads whole files of a data set.</summary>
internal static class DataFile
{
    /// <summary>Reads a file after its length was found acceptable.</summary>
    /// <exception cref="InvalidInputException">The file is missing or unreadable.</exception>
    public static byte[] ReadAll(string path, Action<string, long>? requireLength = null)
    {
        try
        {
            using var stream = File.OpenRead(path);
            requireLength?.Invoke(path, stream.Length);
            var content = new byte[checked((int)stream.Length)];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new InvalidInputException(path, $"expected a readable data file ({exception.Message})", exception);
        }
    }
}
