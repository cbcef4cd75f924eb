namespace Wellbehaved.Experiments;

/// <summary>
/// Journals and locks of results. A file with such a name that is not recognisably ours is neither written nor removed: somebody put it there.
/// </summary>
/// <remarks>Neither may be a link, so that nothing is written or removed elsewhere.</remarks>
internal static class OwnFiles
{
    /// <summary>Refuses a path at which there is something else than a lock of ours, which is an empty file.</summary>
    /// <exception cref="InvalidInputException">There is something else.</exception>
    public static void RequireLock(string path)
    {
        var file = RequireRegular(path, "a lock of wellbehaved");
        if (LengthOf(file) > 0)
        {
            throw Foreign(path, "a lock of wellbehaved, which is empty", $"a file of {LengthOf(file)} bytes");
        }
    }

    /// <summary>Refuses a path at which there is something else than a journal of any of our commands, or an empty file.</summary>
    /// <exception cref="InvalidInputException">There is something else.</exception>
    public static void RequireJournal(string path)
    {
        const string expected = "a journal of wellbehaved";
        if (LengthOf(RequireRegular(path, expected)) == 0)
        {
            return;
        }

        using var stream = RegularFile.Open(path, "journal");
        var name = new byte[JournalFrame.LengthOfName];

        // Of a file that a failing disk cut off within the name, the rest still shows whose it was.
        if (JournalFrame.KindOf(name.AsSpan(0, stream.ReadAtLeast(name, name.Length, throwOnEndOfStream: false))) is null)
        {
            throw Foreign(path, expected, "another file");
        }
    }

    private static FileInfo RequireRegular(string path, string expected)
    {
        var file = new FileInfo(path);
        var found =
            file.LinkTarget is not null ? "a link"
            : Directory.Exists(path) ? "a folder"
            : !OperatingSystem.IsWindows() && UnixFileType.IsDeviceOrPipe(Path.GetFullPath(path)) ? "a pipe or a device"
            : null;
        return found is null ? file : throw Foreign(path, expected, found);
    }

    /// <summary>The length of a file; 0 where there is none, as after another process has removed its lock.</summary>
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Exists ? file.Length : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static InvalidInputException Foreign(string path, string expected, string found) =>
        new(path, $"expected nothing or {expected}, found {found}, which stays as it is; remove it, or give {CampaignParameters.Output} another name");
}
