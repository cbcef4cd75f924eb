using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public sealed unsafe class SpectralConvolutionTests
{
    /// <summary>Bound on the distance from the convolution in double precision, in units of the rms of the layer.</summary>
    /// <remarks>
    /// The bound that the project promises. Rounding explains a third of it: transforms of tiles of at most 36 × 36 points and sums of at most 40·49 terms have
    /// errors of a few 2⁻²⁴ of the rms of a tile without borders, and the largest of the 10⁵ elements of a case lies five deviations out.
    /// </remarks>
    private const double Tolerance = 1e-5;

    /// <summary>A convolution, and by <c>Cut</c> which of the ways to cut the images for transforms.</summary>
    public sealed record ConvolutionCase(
        int Images,
        int Height,
        int Width,
        int Channels,
        int OutputChannels,
        int KernelSize,
        Boundary Boundary,
        int Stride,
        int Dilation,
        int Cut,
        int Seed
    )
    {
        public TensorShape Shape => new(Images, Height, Width, Channels);

        internal KernelShape Kernel => new(KernelSize, Channels, OutputChannels, VarianceTimesFanIn: 2);

        internal PatchGeometry Geometry => new(Stride, Boundary, Dilation);

        internal SpectralTiling Tiling
        {
            get
            {
                var rows = TileAxis.Candidates(Geometry.Along(Height, KernelSize)).ToArray();
                var columns = TileAxis.Candidates(Geometry.Along(Width, KernelSize)).ToArray();
                return SpectralTiling.Cut(rows[Cut % rows.Length], columns[Cut / 7 % columns.Length], Images, Math.Max(Channels, OutputChannels));
            }
        }

        public float[] Signal(int salt) => Normal(Shape.Elements, salt, 1);

        public float[] Weights => Normal(Kernel.Length, 99, Kernel.StandardDeviation);

        private float[] Normal(int count, int salt, double deviation)
        {
            var numbers = new float[count];
            new RandomNumbers((ulong)Seed, (uint)salt, 0, RandomPurpose.GaussianImages).FillNormal<float>(numbers, deviation);
            return numbers;
        }
    }

    public static class ConvolutionCases
    {
        public static Arbitrary<ConvolutionCase> All() =>
            Arb.From(
                from images in Gen.Choose(1, 5)
                from height in Gen.Elements(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 16, 20, 21, 28)
                from width in Gen.Elements(1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 16, 28)
                from channels in Gen.Choose(1, 40)
                from outputs in Gen.Frequency((2, Gen.Constant(channels)), (1, Gen.Choose(1, 40)))
                from kernelSize in Gen.Choose(1, 7)
                from boundary in Gen.Elements(Boundary.Periodic, Boundary.ZeroPadding, Boundary.Symmetric)
                from stride in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
                from dilation in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
                from cut in Gen.Choose(0, 10_000)
                from seed in Gen.Choose(0, 100_000)
                select new ConvolutionCase(
                    images,
                    height,
                    width,
                    channels,
                    outputs,
                    boundary == Boundary.Symmetric ? kernelSize | 1 : kernelSize,
                    boundary,
                    stride,
                    dilation,
                    cut,
                    seed
                )
            );
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ConvolutionLawAttribute : PropertyAttribute
    {
        public ConvolutionLawAttribute()
        {
            Replay = new LawAttribute().Replay;
            Arbitrary = [typeof(ConvolutionCases)];
            QuietOnSuccess = true;
            MaxTest = 60;
        }
    }

    [ConvolutionLaw]
    public void Spectral_convolution_in_any_tiling_agrees_with_the_convolution_in_double_precision(ConvolutionCase given)
    {
        var (signal, noise) = (given.Signal(1), given.Signal(2));
        var (exactSignal, exactNoise) = Direct<double>(given, signal, noise);

        var (spectralSignal, spectralNoise) = Spectral(given, signal, noise);

        Distance(spectralSignal, exactSignal).Should().BeLessThan(Tolerance);
        Distance(spectralNoise, exactNoise).Should().BeLessThan(Tolerance);
    }

    [ConvolutionLaw]
    public void Direct_convolution_agrees_with_the_convolution_in_double_precision(ConvolutionCase given)
    {
        // A sum of n products with weights of variance 2/n: at most 40·49 roundings, which mostly cancel, of numbers of about the rms.
        var (signal, noise) = (given.Signal(1), given.Signal(2));
        var (exactSignal, exactNoise) = Direct<double>(given, signal, noise);

        var (directSignal, directNoise) = Direct<float>(given, signal, noise);

        Distance(directSignal, exactSignal).Should().BeLessThan(Tolerance);
        Distance(directNoise, exactNoise).Should().BeLessThan(Tolerance);
    }

    [ConvolutionLaw]
    public void Spectral_convolution_is_linear(ConvolutionCase given)
    {
        var (x, y) = (given.Signal(1), given.Signal(2));
        var sum = x.Zip(y, (a, b) => (3 * a) - b).ToArray();
        var (convolvedX, convolvedY) = Spectral(given, x, y);

        var (convolvedSum, _) = Spectral(given, sum, y);

        Distance(convolvedSum, [.. convolvedX.Zip(convolvedY, (a, b) => (3.0 * a) - b)]).Should().BeLessThan(Tolerance);
    }

    [ConvolutionLaw]
    public void Spectral_convolution_commutes_with_cyclic_shifts(ConvolutionCase given)
    {
        given = given with { Boundary = Boundary.Periodic, Stride = 1 };
        var (x, y) = (given.Signal(1), given.Signal(2));
        var (convolved, _) = Spectral(given, x, y);

        var (convolvedShift, _) = Spectral(given, Shifted(x, given.Shape), y);

        Distance(convolvedShift, Doubles(Shifted(convolved, given.Shape with { Channels = given.OutputChannels }))).Should().BeLessThan(Tolerance);
    }

    [ConvolutionLaw]
    public void The_adjoint_of_a_spectral_convolution_is_the_convolution_with_rotated_weights(ConvolutionCase given)
    {
        // Even kernels are not centred: their turned kernel belongs to another offset. What a mirror shows twice is no convolution of the gradient.
        given = given with
        {
            KernelSize = given.KernelSize | 1,
            OutputChannels = given.Channels,
            Stride = 1,
            Boundary = given.Boundary == Boundary.Symmetric ? Boundary.ZeroPadding : given.Boundary,
        };
        var (x, y) = (given.Signal(1), given.Signal(2));
        var (convolved, _) = Spectral(given, x, y);
        var (_, adjoint) = Spectral(given, x, y, Turned(given));

        var (left, right) = (Dot(convolved, y), Dot(x, adjoint));

        Math.Abs(left - right).Should().BeLessThan(Tolerance * Math.Sqrt(Dot(convolved, convolved) * Dot(y, y)));
    }

    [ConvolutionLaw]
    public void Threads_and_vector_widths_change_no_bit(ConvolutionCase given)
    {
        var (x, y) = (given.Signal(1), given.Signal(2));
        var reference = Convolve(given, given.Tiling, x, y, threads: 1, wide: true);

        Convolve(given, given.Tiling, x, y, threads: 2, wide: true).Should().Equal(reference);
        Convolve(given, given.Tiling, x, y, threads: 3, wide: false).Should().Equal(reference);
    }

    [ConvolutionLaw]
    public void The_size_of_row_groups_changes_no_bit(ConvolutionCase given)
    {
        var (x, y) = (given.Signal(1), given.Signal(2));
        var reference = Convolve(given, given.Tiling, x, y, threads: 1, wide: null);

        Convolve(given, given.Tiling with { GroupRows = 1 + (given.Seed % 5), IsShared = false }, x, y, threads: 2, wide: null).Should().Equal(reference);
        Convolve(given, given.Tiling with { GroupRows = 1 + (given.Seed % 7), IsShared = true }, x, y, threads: 2, wide: null).Should().Equal(reference);
    }

    [ConvolutionLaw]
    public void Signal_and_noise_of_a_spectral_convolution_do_not_influence_each_other(ConvolutionCase given)
    {
        var (x, y) = (given.Signal(1), given.Signal(2));
        var alone = Spectral(given, x, new float[x.Length]);

        alone.Noise.Should().OnlyContain(value => value == 0, "noise of zeros stays zero");
        Spectral(given, x, y).Signal.Should().Equal(alone.Signal);
    }

    [ConvolutionLaw]
    public void The_reported_largest_values_are_those_of_the_output(ConvolutionCase given)
    {
        var (x, y) = (given.Signal(1), given.Signal(2));
        using var convolution = new SpectralConvolution(given.Shape, given.Kernel, given.Geometry, given.Tiling, threads: 2);
        var written = Convolve(convolution, given, x, y);

        convolution.LargestSignal.Should().Be(written.Take(written.Length / 2).Max(Math.Abs));
        convolution.LargestNoise.Should().Be(written.Skip(written.Length / 2).Max(Math.Abs));
    }

    [Fact]
    public void Large_convolutions_are_spectral_and_small_or_dense_ones_are_direct()
    {
        var paper = new TensorShape(64, 16, 16, 512);
        Method(paper, 3).Should().Be(ConvolutionMethod.Spectral);
        Method(paper, 3, Boundary.ZeroPadding).Should().Be(ConvolutionMethod.Spectral);
        Method(paper, 3, Boundary.Symmetric).Should().Be(ConvolutionMethod.Spectral);
        Method(paper with { Height = 11 }, 3).Should().Be(ConvolutionMethod.Spectral, "11 is no product of 2, 3, 5 and 7, but 15 is");
        Method(new TensorShape(64, 32, 32, 64), 3, Boundary.ZeroPadding).Should().Be(ConvolutionMethod.Spectral);
        Method(new TensorShape(64, 32, 32, 16), 3, Boundary.ZeroPadding).Should().Be(ConvolutionMethod.Direct, "few channels are read in place");
        Method(new TensorShape(64, 1, 1, 512), 1).Should().Be(ConvolutionMethod.Direct);
        Method(paper with { Images = 1, Channels = 16 }, 3).Should().Be(ConvolutionMethod.Direct, "of so little the transforms take longer than the product");
        ConvolutionMethods
            .Cheaper<double>(paper, new KernelShape(3, 512, 512, 2), new(1, Boundary.Periodic))
            .Should()
            .Be(ConvolutionMethod.Direct, "transforms are in single precision");

        static ConvolutionMethod Method(TensorShape shape, int size, Boundary boundary = Boundary.Periodic) =>
            ConvolutionMethods.Cheaper<float>(shape, new KernelShape(size, shape.Channels, shape.Channels, 2), new(1, boundary));
    }

    [Theory]
    [InlineData(Boundary.Periodic, 16, 16)]
    [InlineData(Boundary.Periodic, 11, 14)]
    [InlineData(Boundary.ZeroPadding, 16, 18)]
    [InlineData(Boundary.ZeroPadding, 14, 15)]
    [InlineData(Boundary.Symmetric, 16, 18)]
    [InlineData(Boundary.Symmetric, 14, 16)]
    public void A_whole_image_is_transformed_with_the_least_margin(Boundary boundary, int extent, int length) =>
        TileAxis.Candidates(new PatchGeometry(1, boundary).Along(extent, 3)).First().Length.Should().Be(length);

    private static (float[] Signal, float[] Noise) Spectral(ConvolutionCase given, float[] signal, float[] noise, float[]? kernel = null)
    {
        var both = Convolve(given, given.Tiling, signal, noise, threads: 1, wide: null, kernel);
        return (both[..(both.Length / 2)], both[(both.Length / 2)..]);
    }

    private static (double[] Signal, double[] Noise) Direct<T>(ConvolutionCase given, float[] signal, float[] noise)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var product = new MatrixProduct<T>();
        var described = new Networks.Convolution(given.KernelSize)
        {
            Channels = given.OutputChannels,
            Stride = given.Stride,
            Dilation = given.Dilation,
            Boundary = given.Boundary,
        };
        var weights = new Networks.ParameterTensor(Networks.ParameterKind.Weights, 0, described, given.Kernel.FanIn, given.OutputChannels)
        {
            Variance = 2.0 / given.Kernel.FanIn,
        };
        using var convolution = new Convolution<T>(given.Shape, weights, given.Geometry, product, ConvolutionMethod.Direct);
        using var state = new PropagationState<T>(given.Shape, Math.Max(given.Shape.Elements, convolution.OutputShape.Elements), buffers: 2);
        for (var i = 0; i < signal.Length; i++)
        {
            (state.Current.Signal[i], state.Current.Noise[i]) = (T.CreateTruncating(signal[i]), T.CreateTruncating(noise[i]));
        }

        state.Start(
            new GivenKernels<T>([
                [.. given.Weights.Select(T.CreateTruncating)],
            ]),
            null
        );
        convolution.Propagate(state);
        return (state.Current.TrueSignal(), state.Current.TrueNoise());
    }

    private static float[] Convolve(
        ConvolutionCase given,
        SpectralTiling tiling,
        float[] signal,
        float[] noise,
        int threads,
        bool? wide,
        float[]? kernel = null
    )
    {
        using var convolution = new SpectralConvolution(given.Shape, given.Kernel, given.Geometry, tiling, threads, wide);
        return Convolve(convolution, given, signal, noise, kernel);
    }

    private static float[] Convolve(SpectralConvolution convolution, ConvolutionCase given, float[] signal, float[] noise, float[]? kernel = null)
    {
        var (height, width) = (ConvolutionGeometry.OutputExtent(given.Height, given.Stride), ConvolutionGeometry.OutputExtent(given.Width, given.Stride));
        var source = signal.Concat(noise).ToArray();
        var target = new float[2 * given.Images * height * width * given.OutputChannels];
        Array.Fill(target, float.NaN);
        fixed (
            float* from = source,
                to = target,
                weights = kernel ?? given.Weights
        )
        {
            convolution.Convolve(from, to, weights);
        }

        return target;
    }

    /// <summary>The kernel turned by half a turn, with input and output channels exchanged.</summary>
    private static float[] Turned(ConvolutionCase given)
    {
        var (area, channels, weights) = (given.KernelSize * given.KernelSize, given.Channels, given.Weights);
        var turned = new float[weights.Length];
        for (var offset = 0; offset < area; offset++)
        {
            for (var input = 0; input < channels; input++)
            {
                for (var output = 0; output < channels; output++)
                {
                    turned[((((area - 1 - offset) * channels) + output) * channels) + input] = weights[(((offset * channels) + input) * channels) + output];
                }
            }
        }

        return turned;
    }

    private static float[] Shifted(float[] values, TensorShape shape)
    {
        var shifted = new float[values.Length];
        for (var point = 0; point < shape.Points; point++)
        {
            var (image, position) = Math.DivRem(point, shape.Height * shape.Width);
            var (row, column) = Math.DivRem(position, shape.Width);
            var target = (((image * shape.Height) + ((row + 2) % shape.Height)) * shape.Width) + ((column + 1) % shape.Width);
            values.AsSpan(point * shape.Channels, shape.Channels).CopyTo(shifted.AsSpan(target * shape.Channels));
        }

        return shifted;
    }

    /// <summary>Largest difference in units of the rms.</summary>
    private static double Distance(float[] actual, double[] expected) => Distance(Doubles(actual), expected);

    private static double Distance(double[] actual, double[] expected) =>
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Largest() / Math.Sqrt(expected.Sum(x => x * x) / expected.Length);

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
