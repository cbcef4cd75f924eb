namespace Wellbehaved.Files;

/// <summary>Distinguishes failures of a file or a disk from defects of the program.</summary>
internal static class StorageFailure
{
    /// <summary>Whether an exception during reading or writing is a failure of the storage.</summary>
    /// <remarks>.NET reports a file that would exceed the limit of its user or file system as an argument out of range.</remarks>
    public static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException
        || (exception is ArgumentOutOfRangeException && exception.TargetSite?.Module == typeof(FileStream).Module);
}
