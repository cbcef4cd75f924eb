namespace Wellbehaved.Cli;

/// <summary>Says how images are read where the user could mistake that.</summary>
internal static class ImageRemark
{
    /// <summary>Writes a note to standard error.</summary>
    /// <param name="remark">The note; null if there is none.</param>
    public static void Print(string? remark)
    {
        if (remark is not null)
        {
            Console.Error.WriteLine($"note: {remark}");
        }
    }
}
