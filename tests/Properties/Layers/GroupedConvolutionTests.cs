using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>Convolutions in groups of channels, down to one channel each, against sums that are written out number by number.</summary>
public sealed class GroupedConvolutionTests
{
    /// <summary>Bound on the distance from the convolution in double precision, in units of the rms of the layer, as for every other way to convolve.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>A convolution: <c>Groups</c> blocks of <c>Inputs</c> channels that are read and <c>Outputs</c> that are written.</summary>
    public sealed record GroupedCase(
        int Images,
        int Height,
        int Width,
        int Groups,
        int Inputs,
        int Outputs,
        int KernelSize,
        Boundary Boundary,
        int Stride,
        int Dilation,
        int Threads,
        int Seed
    )
    {
        public TensorShape Input => new(Images, Height, Width, Groups * Inputs);

        public TensorShape Output =>
            new(Images, ConvolutionGeometry.OutputExtent(Height, Stride), ConvolutionGeometry.OutputExtent(Width, Stride), Groups * Outputs);

        public int FanIn => KernelSize * KernelSize * Inputs;

        public float[] Signal => Normal(Input.Elements, 1);

        public float[] Noise => Normal(Input.Elements, 2);

        public float[] Weights => Normal(FanIn * Groups * Outputs, 3);

        private float[] Normal(int count, uint salt)
        {
            var numbers = new float[count];
            new RandomNumbers((ulong)Seed, salt, 0, RandomPurpose.GaussianImages).FillNormal<float>(numbers, 1);
            return numbers;
        }
    }

    public static class GroupedCases
    {
        public static Arbitrary<GroupedCase> All() =>
            Arb.From(
                from images in Gen.Choose(1, 4)
                from height in Gen.Choose(1, 14)
                from width in Gen.Choose(1, 22)
                from groups in Gen.Choose(1, 40)
                from inputs in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(1, 9)))
                from outputs in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(1, 9)))
                from kernelSize in Gen.Frequency((2, Gen.Constant(3)), (1, Gen.Choose(1, 5)))
                from boundary in Gen.Elements(Boundary.Periodic, Boundary.ZeroPadding, Boundary.Symmetric)
                from stride in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
                from dilation in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
                from threads in Gen.Choose(1, 2)
                from seed in Gen.Choose(0, 100_000)
                select new GroupedCase(
                    images,
                    height,
                    width,
                    groups,
                    inputs,
                    outputs,
                    boundary == Boundary.Symmetric ? kernelSize | 1 : kernelSize,
                    boundary,
                    stride,
                    dilation,
                    threads,
                    seed
                )
            );
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class GroupedLawAttribute : PropertyAttribute
    {
        public GroupedLawAttribute()
        {
            Replay = new LawAttribute().Replay;
            Arbitrary = [typeof(GroupedCases)];
            QuietOnSuccess = true;
            MaxTest = 60;
        }
    }

    [GroupedLaw]
    public void It_equals_the_convolution_in_double_precision(GroupedCase given)
    {
        var (signal, noise) = Convolve(given);
        foreach (var (convolved, values) in new[] { (signal, given.Signal), (noise, given.Noise) })
        {
            var exact = WriteOut(given, values, (sum, weight, value) => sum + ((double)weight * value));
            var rms = Math.Sqrt(exact.Sum(value => value * value) / exact.Length);
            convolved.Zip(exact, (one, other) => Math.Abs(one - other)).Max().Should().BeLessThanOrEqualTo(Tolerance * rms);
        }
    }

    [GroupedLaw]
    public void Each_channel_by_itself_has_the_bits_of_a_plain_loop_whatever_stands_beside_it(GroupedCase given)
    {
        given = given with { Inputs = 1, Outputs = 1 };

        var (signal, noise) = Convolve(given);

        signal.Should().Equal(WriteOut(given, given.Signal, (sum, weight, value) => (float)sum + (weight * value)));
        noise.Should().Equal(WriteOut(given, given.Noise, (sum, weight, value) => (float)sum + (weight * value)));
    }

    private static (double[] Signal, double[] Noise) Convolve(GroupedCase given)
    {
        var described = new Networks.Convolution(given.KernelSize)
        {
            Channels = given.Groups * given.Outputs,
            Groups = given.Inputs == 1 && given.Outputs == 1 ? Networks.Convolution.EachChannel : given.Groups,
            Stride = given.Stride,
            Dilation = given.Dilation,
            Boundary = given.Boundary,
        };
        var weights = new Networks.ParameterTensor(Networks.ParameterKind.Weights, 0, described, given.FanIn, given.Output.Channels)
        {
            Variance = 2.0 / given.FanIn,
        };
        using var product = new MatrixProduct<float>(given.Threads);
        using var convolution = new GroupedConvolution<float>(given.Input, given.Output, weights, described, product);
        using var state = new PropagationState<float>(given.Input, Math.Max(given.Input.Elements, given.Output.Elements), buffers: 2);
        given.Signal.CopyTo(state.Current.Signal);
        given.Noise.CopyTo(state.Current.Noise);
        state.Start(new GivenKernels<float>([given.Weights]), null);
        convolution.Propagate(state);
        return (state.Current.TrueSignal(), state.Current.TrueNoise());
    }

    private static double[] WriteOut(GroupedCase given, float[] values, Func<double, float, float, double> add)
    {
        var (output, weights) = (given.Output, given.Weights);
        var convolved = new double[output.Elements];
        for (var i = 0; i < convolved.Length; i++)
        {
            var (point, channel) = (i / output.Channels, i % output.Channels);
            var (image, row, column) = (point / (output.Height * output.Width), point / output.Width % output.Height, point % output.Width);
            var before = (given.KernelSize - 1) / 2 * given.Dilation;
            for (var offset = 0; offset < given.KernelSize * given.KernelSize; offset++)
            {
                var y = Folded((row * given.Stride) - before + (offset / given.KernelSize * given.Dilation), given.Height, given.Boundary);
                var x = Folded((column * given.Stride) - before + (offset % given.KernelSize * given.Dilation), given.Width, given.Boundary);
                for (var input = 0; input < given.Inputs && y is not null && x is not null; input++)
                {
                    var read =
                        (((((image * given.Height) + y.Value) * given.Width) + x.Value) * given.Input.Channels) + (channel / given.Outputs * given.Inputs);
                    convolved[i] = add(convolved[i], weights[(((offset * given.Inputs) + input) * output.Channels) + channel], values[read + input]);
                }
            }
        }

        return convolved;
    }

    private static int? Folded(int position, int extent, Boundary boundary)
    {
        while (boundary != Boundary.ZeroPadding && (position < 0 || position >= extent))
        {
            position =
                boundary == Boundary.Periodic ? (position + extent) % extent
                : position < 0 ? -1 - position
                : (2 * extent) - 1 - position;
        }

        return position >= 0 && position < extent ? position : null;
    }
}
