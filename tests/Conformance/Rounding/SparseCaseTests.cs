using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Cases of one pixel: what they are, and that they show a precision that is lower than stated whatever the algorithm.</summary>
public class SparseCaseTests
{
    [Theory]
    [InlineData(2, Boundary.Periodic)]
    [InlineData(3, Boundary.Periodic)]
    [InlineData(3, Boundary.Symmetric)]
    [InlineData(3, Boundary.ZeroPadding)]
    public void A_sparse_case_has_one_nonzero_pixel_in_each_channel_of_each_image(int size, Boundary boundary)
    {
        var network = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 8, 6, 2), 3, 4, size, boundary, 0);
        for (var seed = 0ul; seed < 50; seed++)
        {
            var given = SparseCase.Draw(network, seed);

            given.IsSparse.Should().BeTrue();
            given.Description.Should().EndWith(", one pixel");
            given.Input.Signal.Where(value => value != 0).Should().HaveCount(2).And.OnlyContain(value => value >= 0.5 && (float)value == value);
            given
                .Kernels.Should()
                .AllSatisfy(weights =>
                    weights.Where(weight => weight != 0).Should().HaveCount(4).And.OnlyContain(weight => weight >= 0.5 && (float)weight == weight)
                );
            new WrittenOutNetwork(network, given.Kernels).Propagate(
                given.Input,
                (_, _, signal, noise) =>
                {
                    for (var channel = 0; channel < 4; channel++)
                    {
                        foreach (var image in new[] { 0, 1 })
                        {
                            Nonzero(signal, image, channel).Should().ContainSingle().And.Equal(Nonzero(noise, image, channel));
                        }
                    }
                }
            );
        }

        static int[] Nonzero(double[] values, int image, int channel) =>
            [.. Enumerable.Range(0, 12).Where(position => values[(((12 * image) + position) * 4) + channel] != 0)];
    }

    [Fact]
    public void Sparse_cases_of_different_seeds_differ()
    {
        var network = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 8, 6, 2), 2, 4, 3, Boundary.Periodic, 0);
        var cases = Enumerable.Range(0, 100).Select(seed => SparseCase.Draw(network, (ulong)seed)).ToArray();

        cases.Select(given => given.Input.Signal.Max()).Should().OnlyHaveUniqueItems();
        cases.Select(given => Array.FindIndex(given.Input.Signal, value => value != 0)).Distinct().Should().HaveCount(24, "4 × 3 pixels of two channels");
        cases.Select(given => Array.FindIndex(given.Kernels[1], value => value != 0)).Distinct().Should().HaveCountGreaterThan(30);
    }

    /// <summary>A strided first convolution has no tiles of Winograd's; here it alone has TF32 operands.</summary>
    [Fact]
    public void O1_rejects_a_subject_with_TF32_operands_in_the_first_convolution_only()
    {
        using var subject = new TensorFloatFirst();
        foreach (var check in Suite.Checks.Where(check => check.ClaimId == "O1").AtLeastOne())
        {
            for (var seed = 0ul; seed < 5; seed++)
            {
                Suite.Execute(check, subject, Scale.Quick, seed).Verdict.Should().Be(Verdict.Rejected);
            }
        }
    }

    /// <summary>Each mutant of low precision, at some of the seeds that the documentation counts.</summary>
    [Fact]
    public void O1_rejects_low_precision_at_every_seed()
    {
        foreach (var mutant in PrecisionMutants.List)
        {
            using var subject = mutant.Create();
            for (var seed = 0ul; seed < 10; seed++)
            {
                Suite.Execute(mutant.Check, subject, Scale.Quick, seed).Verdict.Should().Be(Verdict.Rejected, $"{mutant}, seed {seed}");
            }
        }
    }

    private sealed class TensorFloatFirst : ReferenceSubject
    {
        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            var given = (Weights.Given)weights;
            base.Propagate(
                network,
                network.KernelSize == 1 ? weights : new Weights.Given([PrecisionMutants.InTensorFloat32(given.Kernels[0]), .. given.Kernels.Skip(1)]),
                network.KernelSize == 1
                    ? input
                    : input with
                    {
                        Signal = PrecisionMutants.InTensorFloat32(input.Signal),
                        Noise = PrecisionMutants.InTensorFloat32(input.Noise),
                    },
                observe
            );
        }
    }
}
