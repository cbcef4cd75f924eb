namespace Wellbehaved.Training;

/// <summary>
/// The order in which training uses its images: another order in each pass, in whole batches. The images that are left over at the end of a pass are not used
/// in it.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="simulation">Index of the simulation.</param>
/// <param name="images">Number of images.</param>
/// <param name="batchSize">Number of images in a batch.</param>
internal sealed class BatchOrder(ulong seed, uint simulation, int images, int batchSize)
{
    private int[] _pass = [];
    private int _number = -1;

    /// <summary>Number of batches in a pass.</summary>
    public int BatchesInPass => images / batchSize;

    /// <summary>The images of a batch.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The indices of the images.</returns>
    public ReadOnlySpan<int> BatchAt(int step)
    {
        var (pass, batch) = Math.DivRem(step, BatchesInPass);
        if (pass != _number)
        {
            (_number, _pass) = (
                pass,
                BatchSelection.WithoutReplacement(new RandomNumbers(seed, simulation, (uint)pass, RandomPurpose.TrainingOrder), images, images)
            );
        }

        return _pass.AsSpan(batch * batchSize, batchSize);
    }
}
