using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public sealed class RunCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("vanilla", "1", "periodic")]
    [InlineData("vanilla_res", "3", "symmetric")]
    [InlineData("bn_ff", "2", "zero_padding")]
    [InlineData("bn_res", "3", "periodic")]
    public void A_result_file_holds_the_arrays_that_the_format_defines(string architecture, string kernelSize, string boundary)
    {
        var path = Path.Combine(_folder, "result.npz");
        var outcome = CommandLine.Run(
            "run",
            "--architecture",
            architecture,
            "--total-depth",
            "4",
            "--num-computations",
            "2",
            "--kernel-size",
            kernelSize,
            "--num-channels",
            "8",
            "--batch-size",
            "4",
            "--num-sims",
            "3",
            "--boundary",
            boundary,
            "--out",
            path
        );

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        var file = ResultFile.Read(path);
        file.Depth.Should().Equal(2, 4);
        file.ResidualDepth.Should().Be(2);
        file.Simulations.Should().Be(3);
        file.Configuration.Should().Contain($"\"architecture\":\"{architecture}\"").And.Contain($"\"boundary\":\"{boundary}\"");
        foreach (var place in Architecture.Named(architecture).Places)
        {
            foreach (
                var moment in new[]
                {
                    "nu1_abs_signal",
                    "nu2_signal",
                    "mu2_signal",
                    "mu4_signal",
                    "mu2_noise",
                    "reff_signal",
                    "reff_noise",
                    "chi",
                    "log_nu2_signal",
                    "log_mu2_signal",
                    "log_mu2_noise",
                    "log_chi",
                }
            )
            {
                var values = file.Find($"{moment}_{place.Suffix}");
                values.Should().NotBeNull("{0} at {1}", moment, place.Suffix);
                values!.Should().AllSatisfy(row => row.Should().OnlyContain(value => double.IsFinite(value)));
                if (moment.StartsWith("reff", StringComparison.Ordinal))
                {
                    values!.SelectMany(row => row).Should().OnlyContain(value => place.Kind == UnitPlaceKind.Relu ? value >= 1 : value == -1);
                }
            }
        }
    }

    [Fact]
    public void Effective_ranks_can_be_left_out()
    {
        var path = Path.Combine(_folder, "result.npz");
        CommandLine
            .Run(
                "run",
                "--architecture",
                "vanilla",
                "--total-depth",
                "2",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "8",
                "--batch-size",
                "4",
                "--num-sims",
                "1",
                "--no-reff-signal",
                "--no-reff-noise",
                "--out",
                path
            )
            .ExitStatus.Should()
            .Be(0);
        ResultFile.Read(path).Names.Should().NotContain(name => name.StartsWith("reff", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_over_a_single_point_leaves_out_moments_that_need_variance_and_says_so()
    {
        var path = Path.Combine(_folder, "result.npz");
        var outcome = CommandLine.Run(
            "run",
            "--architecture",
            "vanilla",
            "--total-depth",
            "2",
            "--num-computations",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "8",
            "--batch-size",
            "1",
            "--num-sims",
            "1",
            "--normalize",
            "global",
            "--out",
            path
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("warning: left out chi, log_chi, log_mu2_signal");
        ResultFile.Read(path).Names.Should().Contain("log_nu2_signal_loc3").And.NotContain(name => name.Contains("chi", StringComparison.Ordinal));
    }

    [NumPyFact]
    public void NumPy_reads_a_result_file_of_each_architecture()
    {
        foreach (var architecture in Architecture.Names)
        {
            var path = Path.Combine(_folder, architecture + ".npz");
            CommandLine
                .Run(
                    "run",
                    "--architecture",
                    architecture,
                    "--total-depth",
                    "2",
                    "--num-computations",
                    "2",
                    "--kernel-size",
                    "1",
                    "--num-channels",
                    "8",
                    "--batch-size",
                    "4",
                    "--num-sims",
                    "3",
                    "--out",
                    path
                )
                .ExitStatus.Should()
                .Be(0);
            const string script = """
                import sys, numpy as np
                z = np.load(sys.argv[1])
                assert z['depth'].dtype == np.int64 and z['depth'].tolist() == [1, 2], z['depth']
                assert z['res_depth'].shape == () and int(z['res_depth']) == 2
                assert z['chi_loc1'].dtype == np.float64 and z['chi_loc1'].shape == (3, 2)
                assert all(np.isfinite(z[k]).all() for k in z.files if '_loc' in k)
                assert np.allclose(np.exp(z['log_nu2_signal_loc2']), z['nu2_signal_loc2'], rtol=1e-12)
                assert str(z['configuration']).startswith('{')
                print(repr(float(z['nu2_signal_loc2'][2, 1])))
                """;
            var outcome = CommandLine.Run(NumPy.Python, ["-c", script, path]);
            outcome.ExitStatus.Should().Be(0, outcome.Error);
            double.Parse(outcome.Output, System.Globalization.CultureInfo.InvariantCulture).Should().Be(ResultFile.Read(path).Find("nu2_signal_loc2")![2][1]);
        }
    }

    [NumPyFact]
    public void Files_of_NumPy_are_read_whatever_their_types_order_and_compression()
    {
        var path = Path.Combine(_folder, "numpy.npz");
        const string script = """
            import sys, numpy as np
            x = np.arange(6, dtype=np.float64).reshape(3, 2) / 7
            np.savez_compressed(sys.argv[1], depth=np.array([5, 10]), res_depth=np.array(2),
                chi_loc1=x.astype(np.longdouble), chi_loc2=np.asfortranarray(x), chi_loc3=x.astype('>f8'), chi_loc4=x.astype('>f16'),
                chi_loc5=np.asfortranarray(x.astype(np.longdouble)), nu2_signal_loc1=x.astype('<f4'), nu2_signal_loc2=x[:, ::-1])
            """;
        CommandLine.Run(NumPy.Python, ["-c", script, path]).ExitStatus.Should().Be(0);
        var file = ResultFile.Read(path);
        double[] expected = [.. Enumerable.Range(0, 6).Select(i => i / 7.0)];
        foreach (var name in new[] { "chi_loc1", "chi_loc2", "chi_loc3", "chi_loc4", "chi_loc5" })
        {
            file.Find(name)!.SelectMany(row => row).Should().Equal(expected, name);
        }

        file.Find("nu2_signal_loc1")!.SelectMany(row => row).Should().Equal(expected.Select(value => (double)(float)value));
        file.Find("nu2_signal_loc2")![0].Should().Equal(expected[1], expected[0]);
    }
}
