using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Draws networks whose images have one nonzero pixel, and whose outputs have one nonzero weight.</summary>
internal static class SparseCase
{
    /// <summary>Draws a case.</summary>
    /// <param name="network">A convolutional network.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The case: in every channel one pixel of each image is nonzero, in a feedforward net at every depth.</returns>
    public static GivenCase Draw(NetworkSettings network, ulong seed)
    {
        var shape = network.NetworkInput;
        var (signal, noise) = (new double[shape.Elements], new double[shape.Elements]);
        var channel = Choose(shape.Channels, 0, 0);
        for (var image = 0; image < shape.Images; image++)
        {
            // The first convolution keeps the even rows and columns: so the pixel has an even row and column, and the central weights read it.
            var (row, column) = (2 * Choose(network.FeatureShape.Height, 1, image), 2 * Choose(network.FeatureShape.Width, 2, image));
            var i = (((((image * shape.Height) + row) * shape.Width) + column) * shape.Channels) + channel;
            signal[i] = Positive(RandomPurpose.GaussianImages, 0, 1, image)[0];
            noise[i] = Positive(RandomPurpose.InputNoise, 0, 1, image)[0];
        }

        return new GivenCase(network, [.. network.Kernels.Select(Weights)], new Batch(shape, signal, noise)) { IsSparse = true };

        double[] Weights(KernelShape kernel, int convolution)
        {
            var weights = new double[kernel.Length];
            var values = Positive(RandomPurpose.Weights, (uint)convolution, kernel.OutputChannels, 0);
            for (var output = 0; output < values.Length; output++)
            {
                // Unless the boundary is periodic, a moved pixel could be lost beyond the border.
                var moves = convolution > 0 && network.Boundary == Boundary.Periodic;
                var centre = (kernel.Size - 1) / 2 * (kernel.Size + 1);
                var offset = moves ? Choose(kernel.Size * kernel.Size, 3 + convolution, output) : centre;
                var input = convolution > 0 ? Choose(kernel.InputChannels, -convolution, output) : channel;
                weights[(((offset * kernel.InputChannels) + input) * kernel.OutputChannels) + output] = values[output];
            }

            return weights;
        }

        // Numbers of single precision, away from zero, so that products keep their size through the depth.
        double[] Positive(RandomPurpose purpose, uint layer, int count, int index)
        {
            var values = new double[count];
            new RandomNumbers(seed, (uint)index, layer, purpose).FillNormal<double>(values, 0.5);
            return [.. values.Select(value => (double)(float)(0.5 + Math.Abs(value)))];
        }

        int Choose(int among, int what, int index) => (int)(Mixing.Mix(Mixing.Mix(seed ^ (ulong)(uint)what) ^ (ulong)(uint)index) % (ulong)among);
    }
}
