namespace Wellbehaved.Cli;

/// <summary>The input images of an experiment that a file describes.</summary>
/// <remarks>
/// The path in a result file may be one of another machine, a pipe, or a server that would learn who reads the file, so it is never opened. The images are
/// embedded ones, or those that the user names on the command line; their checksum must be the one in the file.
/// </remarks>
internal static class RecordedImages
{
    /// <summary>Finds the images.</summary>
    /// <param name="file">The file.</param>
    /// <param name="given">Images that the user names; null if none.</param>
    /// <param name="reason">Why there are none; null if they were found.</param>
    /// <returns>The images; null if they are neither embedded nor given.</returns>
    public static ImageSource? Find(ResultFile file, ImageSource? given, out string? reason)
    {
        var embedded = file.Options?.Dataset is "natural" or "gaussian" or "fashion_mnist" ? ImageSources.Open(file.Options.Dataset) : null;
        foreach (var images in new[] { embedded, given }.SelectMany(images => WithPart(images, file.TrainImages)))
        {
            if (images is not null && (file.DatasetChecksum is null || file.DatasetChecksum == images.Checksum))
            {
                reason = null;
                return images;
            }
        }

        reason =
            given is not null ? "its images are not those of --dataset (their checksum differs)"
            : embedded is not null ? "its images are not the embedded ones (their checksum differs); name them with --dataset (and --data-dir if run needs it)"
            : "its images are not embedded; name them with --dataset (and --data-dir if run needs it)";
        return null;
    }

    /// <summary>Images, and the first of them that training took.</summary>
    private static IEnumerable<ImageSource?> WithPart(ImageSource? images, int? first) =>
        first is { } count && images is StoredImages stored ? [images, stored.First(count)] : [images];
}
