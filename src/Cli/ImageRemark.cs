namespace Wellbehaved.Cli;

/// <summary>Says how images are read where that could be mistaken.</summary>
internal static class ImageRemark
{
    /// <summary>Writes a note to standard error.</summary>
    /// <param name="remark">What to say; null if nothing.</param>
    public static void Print(string? remark)
    {
        if (remark is not null)
        {
            Console.Error.WriteLine($"note: {remark}");
        }
    }
}
