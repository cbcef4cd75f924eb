namespace Wellbehaved.Files;

/// <summary>Tells what is wrong with a file or its disk from what is wrong with the program.</summary>
internal static class StorageFailure
{
    /// <summary>Whether an exception of reading or writing says that the storage does not allow it.</summary>
    /// <remarks>A file that would outgrow the limit of its user or file system is reported as an argument out of range.</remarks>
    public static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException
        || (exception is ArgumentOutOfRangeException && exception.TargetSite?.Module == typeof(FileStream).Module);
}
