namespace Wellbehaved.Experiments;

/// <summary>Whether an array, for which the user gave no layout, may have been stored with its axes in another order than the default one.</summary>
/// <remarks>
/// Files of images have a channel axis of 1, 3 or 4 more often than not, and their images are rarely strips. Where these two point at another order, the
/// default is a guess that would measure something else without a word, so the array is refused; where they leave it open, the user is told how it was read.
/// </remarks>
internal static class AxesInDoubt
{
    /// <summary>Extents up to this one say nothing: an image of 4 × 4 pixels is as likely as one of four channels.</summary>
    private const int LargestUsualChannels = 4;

    /// <summary>An image whose sides have at most this ratio is no strip.</summary>
    private const int LargestUsualRatio = 2;

    /// <summary>What was expected of the array instead, if its axes contradict the default.</summary>
    /// <param name="shape">Extents of its three or four axes.</param>
    /// <returns>The words of a refusal, with all readings; null if the default is as likely as any.</returns>
    public static string? Refusal(IReadOnlyList<int> shape)
    {
        var found = $"shape ({string.Join(", ", shape)})";
        var usual = Usual(shape);
        if (AreImagesLast(shape))
        {
            return $"expected images one after the other, since {found} is either {usual} or, {ImagesLast(shape)}; "
                + $"{ParameterName.Spell(nameof(ExperimentOptions.Layout))} {ImageAxes.Spell(usual.Layout)} says the former";
        }

        if (!(shape.Count == 4 ? AreChannelsSecond(shape) : AreChannelsLast(shape)))
        {
            return null;
        }

        var either = $"expected {ParameterName.Spell(nameof(ExperimentOptions.Layout))}, since {found} is either {usual} or {Other(shape)}";
        return AreChannelsFirst(shape) && !IsUsual(shape[1]) ? $"{either} or, {ChannelsFirst(shape)}" : either;
    }

    /// <summary>How the array was read, if another order is as likely as the default.</summary>
    /// <param name="shape">Extents of its three or four axes, which are not refused.</param>
    /// <returns>The words of a note, with both readings; null if the default is clear.</returns>
    public static string? Remark(IReadOnlyList<int> shape)
    {
        var usual = Usual(shape);
        var read = $"read as {usual}";
        return shape.Count == 3
            ? shape[0] is 3 or 4 && shape[1] > LargestUsualChannels && shape[2] > LargestUsualChannels
                ? $"{read}; a single image whose channels come first is {ParameterName.Spell(nameof(ExperimentOptions.Layout))} chw"
                : MayImagesBeLast(shape)
                    ? $"{read}, not, {ImagesLast(shape)}"
                    : null
            : shape[0] == shape[1] && shape[0] > LargestUsualChannels && shape[2] is 3 or 4 && shape[3] is 3 or 4
                ? $"{read}, not, {ImagesLast(shape)}"
                : !IsUsual(shape[3]) && AreChannelsFirst(shape) && shape[1] != shape[2]
                    ? $"{read}, not, {ChannelsFirst(shape)}"
                    : MayChannelsBeSecond(shape)
                        ? $"{read}, not as {Other(shape)}"
                        : null;
    }

    /// <summary>
    /// Whether images lie last, as in MATLAB's files and in the .mat files of SVHN: the first two axes are the sides of an image. With a channel axis of 1, 3
    /// or 4 it need not be square; otherwise it is, and the default would make strips of it, as many as they are high.
    /// </summary>
    private static bool AreImagesLast(IReadOnlyList<int> shape) =>
        shape.Count == 3
            ? shape[0] == shape[1] && shape[0] > 1 && shape[2] != shape[1] && !IsUsual(shape[2])
            : (IsUsual(shape[2]) && shape[3] > shape[2] && shape[0] > shape[2] && shape[1] > shape[2])
                || (
                    shape[0] == shape[1]
                    && shape[0] > LargestUsualChannels
                    && shape[2] < shape[1]
                    && shape[3] != shape[2]
                    && (shape[2] is 3 or 4 ? shape[3] == 1 : shape[3] > LargestUsualChannels)
                );

    /// <summary>
    /// Whether channels come before the pixels, as in PyTorch. The second axis is of length 1, 3 or 4 and the last one is longer, or would be a single channel
    /// of strips; or the last axis has no usual number of channels, and the last two are the sides of a square, or of an image that is less of a strip and has
    /// fewer channels than the default says.
    /// </summary>
    private static bool AreChannelsSecond(IReadOnlyList<int> shape) =>
        (IsUsual(shape[1]) && shape[3] > shape[1])
        || (shape[1] is 3 or 4 && shape[3] == 1 && shape[2] > LargestUsualChannels)
        || (
            !IsUsual(shape[3])
            && Ratio(shape[2], shape[3]) < Ratio(shape[1], shape[2])
            && (shape[2] == shape[3] || (shape[3] > LargestUsualChannels && shape[1] < shape[3]))
        );

    /// <summary>Whether three axes are those of a single photograph: the last one is of length 1, 3 or 4, and both others are longer.</summary>
    private static bool AreChannelsLast(IReadOnlyList<int> shape) => IsUsual(shape[2]) && shape[0] > shape[2] && shape[1] > shape[2];

    /// <summary>
    /// Whether four axes may be (channels, images, height, width), the order of video: the first one is of length 1, 3 or 4, and all others are longer.
    /// </summary>
    private static bool AreChannelsFirst(IReadOnlyList<int> shape) =>
        shape.Count == 4 && IsUsual(shape[0]) && shape.Skip(1).All(extent => extent > LargestUsualChannels) && Ratio(shape[2], shape[3]) <= LargestUsualRatio;

    /// <summary>
    /// Whether three axes leave open that images lie last: all are equal, or the first two are the sides of an image that is no strip, while the default reads
    /// one.
    /// </summary>
    private static bool MayImagesBeLast(IReadOnlyList<int> shape) =>
        shape.All(extent => extent > LargestUsualChannels)
        && (
            (shape[0] == shape[1] && shape[1] == shape[2])
            || (shape[2] > shape[1] && Ratio(shape[0], shape[1]) <= LargestUsualRatio && Ratio(shape[1], shape[2]) > LargestUsualRatio)
        );

    /// <summary>
    /// Whether four axes leave open that channels are second: nothing tells the second axis from the last one, or the last is no usual number of channels.
    /// </summary>
    private static bool MayChannelsBeSecond(IReadOnlyList<int> shape) =>
        shape[1] == shape[2] ? shape[2] == shape[3] && shape[3] > LargestUsualChannels
        : shape[2] == shape[3] ? shape[1] > shape[3]
        : shape[3] > LargestUsualChannels || (shape[1] is 3 or 4 && shape[3] == shape[1]);

    private static bool IsUsual(int channels) => channels is 1 or 3 or 4;

    /// <summary>The longer side of an image over the shorter one.</summary>
    private static double Ratio(int height, int width) => (double)Math.Max(height, width) / Math.Min(height, width);

    private static ImageAxes Usual(IReadOnlyList<int> shape) => ImageAxes.Named(shape.Count == 4 ? ImageLayout.Nhwc : ImageLayout.Nhw, shape);

    private static ImageAxes Other(IReadOnlyList<int> shape) => ImageAxes.Named(shape.Count == 4 ? ImageLayout.Nchw : ImageLayout.Hwc, shape);

    private static string ImagesLast(IReadOnlyList<int> shape) =>
        shape.Count == 4
            ? $"as in MATLAB's files, {ImageAxes.Describe(shape[3], shape[0], shape[1], shape[2])}, which np.transpose(images, (3, 0, 1, 2)) brings into order"
            : $"as in MATLAB's files, {ImageAxes.Describe(shape[2], shape[0], shape[1], 1)}, which np.transpose(images, (2, 0, 1)) brings into order";

    private static string ChannelsFirst(IReadOnlyList<int> shape) =>
        $"as in video, {ImageAxes.Describe(shape[1], shape[2], shape[3], shape[0])}, which np.transpose(images, (1, 2, 3, 0)) brings into order";
}
