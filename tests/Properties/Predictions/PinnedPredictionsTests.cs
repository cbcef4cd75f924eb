using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>
/// Predictions to ten digits, as they were when simulation confirmed the laws behind them to three: what simulation cannot see must not move either.
/// </summary>
/// <remarks>
/// The laws themselves are held against simulated neurons in <see cref="S5_BatchNormKernelTests"/>, <see cref="OneStepAndBoundsTests"/>,
/// <see cref="RecursionTests"/> and <see cref="W1_DistributionTests"/>.
/// </remarks>
public class PinnedPredictionsTests
{
    /// <summary>Quadrature errs by 1e-9 of its result at most; its steps, and so its error, are the same everywhere.</summary>
    private const double Digits = 1e-10;

    private static readonly Matrix<double> Kernel = new KernelCase(7, 9, 1, 0.5, 9).Kernel();

    [Fact]
    public void S5_predictions_of_seven_points_without_epsilon_have_the_pinned_digits()
    {
        var norm = new BatchNormKernel(Kernel, 0);
        Same([norm.Signal().Kernel[0, 3], norm.Signal().Kernel[5, 5], norm.Signal().Error], [0.09539999582861848, 0.4628703859524326, 1e-09]);
        Same([norm.InverseVariance().Value, norm.InverseVariance().Error], [0.20773169932397084, 1e-09]);
        Same([norm.InverseSquaredVariance().Value, norm.InverseSquaredVariance().Error], [0.10717243104842852, 1e-09]);
        Same(
            [norm.BothActiveOverVariance().Kernel[1, 4], norm.BothActiveOverVariance().Kernel[2, 2], norm.BothActiveOverVariance().Error],
            [0.04892794937576339, 0.10386584966198542, 1e-09]
        );
        Same(
            [norm.SecondMomentOverVariance().Kernel[1, 4], norm.SecondMomentOverVariance().Kernel[2, 2], norm.SecondMomentOverVariance().Error],
            [0.5352389772358495, 1.473355433915939, 1e-09]
        );
    }

    [Fact]
    public void S5_predictions_of_seven_points_with_epsilon_have_the_pinned_digits()
    {
        var norm = new BatchNormKernel(Kernel, 0.2, 1e-7);
        Same([norm.Signal().Kernel[0, 3], norm.Signal().Kernel[5, 5], norm.Signal().Error], [0.0915579869306174, 0.4449599653916374, 1e-07]);
        Same([norm.InverseVariance().Value, norm.InverseVariance().Error], [0.19113792006626223, 1e-07]);
        Same([norm.InverseSquaredVariance().Value, norm.InverseSquaredVariance().Error], [0.06909915861274019, 1e-07]);
        Same([norm.BothActiveOverVariance().Kernel[1, 4], norm.SecondMomentOverVariance().Kernel[1, 4]], [0.045070688481433835, 0.4969918968988285]);
        Same(
            OneStepLaws.ExpectedNoiseAfterBatchNorm(Kernel, 0.2, 0.5 * Kernel, [.. Kernel.Diagonal().Select(q => (0.25 * q) + 1)]),
            [0.8028387288406891, 0.6963089265556894, 0.5392591577641738, 0.357615986628398, 0.48432952286426456, 0.45145732663644517, 0.6885703460297544]
        );
        Same(OneStepLaws.ExpectedNoiseAfterBatchNormAndRelu(Kernel, 0.2, [1, 2, 3]), [0.09556896001697746, 0.1911379200339549, 0.28670688005093237]);
    }

    [Fact]
    public void S5_predictions_of_many_points_on_several_threads_have_the_pinned_digits()
    {
        var norm = new BatchNormKernel(new KernelCase(130, 9, 1, 0.5, 9).Kernel(), 0.1);
        Same(
            [norm.Rank, norm.Signal().Kernel[0, 3], norm.Signal().Kernel[129, 7], norm.InverseVariance().Value],
            [9, 0.24408161407302653, 0.022913299606651116, 0.1389615296076926]
        );
    }

    [Fact]
    public void S1_to_S4_predictions_of_four_points_agree_with_values_by_hand()
    {
        // Three independent points and one correlated by ½: k₁(½) = (sin 60° + 120°·½)/π, k₂(½) = (3·sin 60°·½ + 120°·(3/2))/π.
        var kernel = Matrix<double>.Build.DenseOfDiagonalArray([4, 1, 1, 0]);
        kernel[0, 1] = kernel[1, 0] = 1;
        var (k1, k2) = (((Math.Sqrt(3) / 2) + (Math.PI / 3)) / Math.PI, ((0.75 * Math.Sqrt(3)) + Math.PI) / Math.PI);
        var (signal, squares) = (ReluKernel.Signal(kernel), ReluKernel.Squares(kernel));
        double[] pairs = [signal[0, 0], signal[0, 1], signal[1, 0], signal[0, 2], signal[1, 2], signal[3, 3], signal[0, 3]];
        Same(pairs, [2, 0.5 * 2 * k1, 0.5 * 2 * k1, 0.5 * 2 / Math.PI, 0.5 / Math.PI, 0, 0]);
        Same([squares[0, 0], squares[0, 1], squares[0, 2], squares[2, 2], squares[3, 0]], [24, 0.5 * 4 * k2, 0.5 * 4 * 0.5, 1.5, 0]);
        Same([ReluKernel.BothActive(kernel)[0, 1], ReluKernel.BothActive(kernel)[2, 1], ReluKernel.BothActive(kernel)[3, 3]], [1.0 / 3, 0.25, 0]);
        Same([OneStepLaws.ExpectedNu2AfterRelu(kernel), .. OneStepLaws.ExpectedNoiseAfterRelu([1, 2, 0], [4, 3, 5])], [0.75, 2, 1.5, 0]);

        // Tr V = 3; 1ᵀV1 = 3 + 2(k₁ + 1/π + 1/(2π)).
        Same([OneStepLaws.ExpectedMu2AfterRelu(kernel)], [(3 - ((3 + (2 * (k1 + (1.5 / Math.PI)))) / 4)) / 4]);
        Same([OneStepLaws.ExpectedResidualSum(0.3, 0.2)], [0.7]);
        Same([KernelMatrix.Nu2(kernel), KernelMatrix.Mu2(kernel)], [1.5, (6 - (8.0 / 4)) / 4]);

        // Doubly centred: S_ij = K_ij - m_i - m_j + m with row means 5/4, 2/4, 1/4, 0 and m = 8/16.
        var centred = KernelMatrix.Centred(kernel);
        Same([centred[0, 0], centred[0, 1], centred[2, 0], centred[3, 3], centred[3, 1]], [2, -0.25, -1, 0.5, 0]);
        double.IsNaN(KernelMatrix.EffectiveRank(Matrix<double>.Build.Dense(3, 3, 2))).Should().BeTrue("nothing varies");
        Same([KernelMatrix.EffectiveRank(Matrix<double>.Build.DenseIdentity(5))], [4]);
    }

    [Theory]
    [InlineData(
        "vanilla",
        new[]
        {
            1,
            3.6032323520756155,
            2.948250694882663,
            1.3862943611198906,
            2.8743581172284935,
            2,
            3.6032323520756155,
            2.714175866103327,
            1.3862943611198906,
            2.9732150717099763,
            3,
            3.6032323520756155,
            2.5252253390477595,
            1.3862943611198906,
            2.9146711482909664,
            0,
        }
    )]
    [InlineData(
        "vanilla_res",
        new[]
        {
            1,
            4.2963795326355605,
            3.716395430730157,
            2.0794415416798357,
            2.8743581172284935,
            2,
            4.989526713195506,
            4.209148960817538,
            2.772588722239781,
            2.9358139312705593,
            3,
            5.682673893755451,
            4.729378895575114,
            3.4657359027997265,
            2.924875589504465,
            0,
        }
    )]
    [InlineData(
        "bn_ff",
        new[]
        {
            1,
            -0.6965867684844536,
            -1.111278271222124,
            -1.9852434486773871,
            3.3548639678486136,
            2,
            -0.888829949801461,
            -1.3074715233961955,
            -1.4101652149033788,
            3.8741500344291437,
            3,
            -0.9183211293320209,
            -1.3401721776022117,
            -0.708937420207651,
            4.290063000526912,
            1e-09,
        }
    )]
    [InlineData(
        "bn_res",
        new[]
        {
            1,
            3.625367718245863,
            3.279574321713092,
            1.5008898738002074,
            3.353146946219431,
            2,
            3.6470290150267997,
            3.2997262576671584,
            1.6126439385691935,
            3.3706275560691066,
            3,
            3.6682359374745483,
            3.3194816687322244,
            1.7217009803802636,
            3.3876523285303146,
            1e-09,
        }
    )]
    public void R2_the_recursion_of_three_units_has_the_pinned_digits(string architecture, double[] numbers)
    {
        var recursion = new KernelRecursion(
            NetworkKind.Named(architecture),
            3 * Kernel,
            [1, 2, 3, 4, 5, 6, 7],
            new ConvolutionKernel(7, 1, 1, 1, Boundary.Periodic),
            0.1
        );
        Same([.. Enumerable.Range(0, 3).SelectMany(_ => Numbers(recursion.Next())), recursion.QuadratureError], numbers);
    }

    [Theory]
    [InlineData(
        "vanilla",
        new[]
        {
            1,
            3.124413739611601,
            2.6619183457180884,
            0.11932944367548559,
            2.0603145751427387,
            2,
            3.5113484019042946,
            2.914994529280609,
            0.15051312546117557,
            1.6780128529770248,
            3,
            3.336135611750823,
            2.1417001933032243,
            0.4071578316933082,
            1.1970840547629544,
            double.NaN,
        }
    )]
    [InlineData(
        "vanilla_res",
        new[]
        {
            1,
            3.548651784421843,
            3.054088024068164,
            0.42876542761663905,
            1.702180000305886,
            2,
            4.510880318470384,
            3.681891958987474,
            0.8307172111844447,
            1.383663488211906,
            3,
            4.501185027588706,
            3.861608655075891,
            1.2802813832565225,
            1.7017671314397897,
            double.NaN,
        }
    )]
    [InlineData(
        "bn_ff",
        new[]
        {
            1,
            -0.6207095472490523,
            -0.9877607209390104,
            -3.298961537108826,
            2.32454165202168,
            2,
            -0.9001676897524196,
            -1.3006611405363901,
            -3.314936386206749,
            1.9510611590075793,
            3,
            -1.1035139322429204,
            -1.527851065834352,
            -3.2988247694893396,
            1.5082699238938184,
            2.3290637996344947,
        }
    )]
    [InlineData(
        "bn_res",
        new[]
        {
            1,
            2.3521462742423744,
            2.1832800265015697,
            0.042747158881487946,
            2.398476566434885,
            2,
            2.4965553834103993,
            2.2950509694057892,
            0.3618443877354491,
            2.0366785552329016,
            3,
            2.5299496004496214,
            2.380361711160936,
            0.7094244519079556,
            1.9440725428534917,
            2.2356566331127308,
        }
    )]
    public void R3_the_sampled_chain_of_three_units_has_the_pinned_digits(string architecture, double[] numbers)
    {
        var chain = new SampledNeurons(NetworkKind.Named(architecture), Kernel, 10, 0.1, 3);
        Same([.. Enumerable.Range(0, 3).SelectMany(_ => Numbers(chain.Next())), chain.Mu4AfterBatchNorm], numbers);
    }

    [Fact]
    public void W1_the_walk_of_four_layers_of_width_three_has_the_pinned_digits()
    {
        var walk = new RandomWalk(3);
        Same([walk.Drift, walk.Variance], [-0.7959875130896893, 3.574373252116301]);
        Same(
            walk.Density(4, [-30, -5, -1, 0, 2]),
            [7.375491158829159e-06, 0.07800238998092167, 0.11619136592727386, 0.10129976703935407, 0.045082661311494375]
        );
        Same(
            walk.Distribution(4, [-30, -5, -1, 0, 2]),
            [1.7151423309824665e-05, 0.2712658714138082, 0.6928528480146599, 0.8026949555883104, 0.9516989218919599]
        );
        Same([walk.Quantile(4, 0.1), walk.Quantile(4, 0.9)], [-8.176147063286969, 1.113737042179035]);

        // Where the density is 1e-9 itself, a rounding of the distribution moves its quantile by 1e-6.
        walk.Quantile(1, 1e-9).Should().BeApproximately(-39.705815, 1e-4);
        walk.Quantile(1, 1 - 1e-9).Should().BeApproximately(3.329073, 1e-4);
        walk.Distribution(1, [-1e3, 1e3]).Should().Equal([0, 1], (a, b) => Math.Abs(a - b) < 1e-9, "beyond all mass");
        walk.Density(1, [1e3])[0].Should().BeInRange(0, 1e-9);
    }

    [Fact]
    public void Predictions_beyond_the_range_of_doubles_are_kept_as_logarithms()
    {
        // 2^1200 overflows; a doubling in each unit does not.
        const int units = 1200;
        const double rounding = 1e-9; // a logarithm of near 1 in each unit errs by 1e-16
        var two = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 1, 0.3 },
                { 0.3, 1 },
            }
        );
        var recursion = new KernelRecursion(NetworkKind.Named("vanilla_res", 1), two, [2, 6], new ConvolutionKernel(2, 1, 1, 1, Boundary.Periodic), 0);
        var chain = new SampledNeurons(NetworkKind.Named("vanilla_res", 1), two, 64, 0, 1);
        for (var unit = 1; unit < units; unit++)
        {
            recursion.Next();
            chain.Next();
        }

        var (moments, sampled) = (recursion.Next(), chain.Next());
        moments.LogNu2Signal.Should().BeApproximately(units * Math.Log(2), rounding * units);
        moments.LogMu2Noise.Should().BeApproximately(Math.Log(4) + (units * Math.Log(2)), rounding * units);
        new[] { sampled.LogNu2Signal, sampled.LogMu2Noise }
            .Should()
            .AllSatisfy(log => log.Should().BeInRange(700, 1000, "ln 2 in each unit, less what the walk of a narrow net loses"));
        new PredictedMoments(1, 0, 1, 4, 2).LogChi(Math.E).Should().Be(2);
    }

    private static IEnumerable<double> Numbers(PredictedMoments moments) =>
        [moments.Depth, moments.LogNu2Signal, moments.LogMu2Signal, moments.LogMu2Noise, moments.ReffSignal];

    private static void Same(double[] now, double[] then) =>
        now.Should().Equal(then, (a, b) => (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= Digits * Math.Abs(b));
}
