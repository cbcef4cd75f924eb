using FluentAssertions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public class W3_DilutionTests
{
    /// <summary>
    /// With ε = 0 the residual branch adds exactly 1 to E ν₂ in each unit, at any width. A weight variance wrong by 5 % would add 0.05
    /// more, and 0.05·l after l units.
    /// </summary>
    [Theory]
    [InlineData(1, 32, 16, 2)]
    [InlineData(1, 8, 16, 2)]
    [InlineData(1, 32, 16, 3)]
    [InlineData(3, 8, 2, 2)]
    public void W3_dilution_the_second_moment_of_bn_res_grows_by_exactly_one_in_each_unit(int kernelSize, int channels, int batchSize, int residualDepth)
    {
        const int units = 20;
        var options = new ExperimentOptions { Architecture = "bn_res", TotalDepth = units, KernelSize = kernelSize, NumChannels = channels, BatchSize = batchSize, ResDepth = residualDepth, Epsilon = 0, NumSims = kernelSize == 1 ? 1000 : 600, NumComputations = units, ReffSignal = false, ReffNoise = false };
        var result = Experiment.Prepare(options).Run();
        var nu2 = result.Select(result.LastPlace, (moments, _) => moments.Nu2Signal);

        foreach (var unit in new[] { 1, 5, units })
        {
            var growth = nu2.Zip(result.Simulations, (row, simulation) => row[unit - 1] - simulation.AtDepth0.Nu2Signal).ToArray();
            growth.Mean().Should().BeApproximately(unit, MeanTest.Allowance(growth));
        }

        var atTheEnd = nu2.Zip(result.Simulations, (row, simulation) => row[^1] - simulation.AtDepth0.Nu2Signal).ToArray();
        MeanTest.Allowance(atTheEnd).Should().BeLessThan(0.05 * units, "a weight variance wrong by 5 % must be seen");
    }
}
