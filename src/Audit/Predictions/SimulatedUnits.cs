using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What simulated networks do to the batch of a prediction, at the end of each unit.</summary>
/// <param name="Depths">Depths of the ends, ascending.</param>
/// <param name="LogChi">ln χ by depth and simulation.</param>
/// <param name="LogShare">ln μ₂/ν₂, the share of the signal that differs between points, by depth and simulation.</param>
/// <param name="ReffSignal">Effective rank of the signal by depth and simulation; NaN where it was not computed.</param>
/// <param name="Nu2">ν₂ by place of the network and simulation.</param>
internal sealed record SimulatedUnits(
    IReadOnlyList<int> Depths,
    double[][] LogChi,
    double[][] LogShare,
    double[][] ReffSignal,
    IReadOnlyDictionary<int, double[]> Nu2
)
{
    /// <summary>Draws networks and propagates one batch through each.</summary>
    /// <param name="options">Valid options of a network of layers.</param>
    /// <param name="images">The input images.</param>
    /// <param name="simulations">Number of networks.</param>
    /// <param name="done">Called after each network.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="InvalidInputException">The batch cannot be normalised.</exception>
    public static SimulatedUnits Make(ExperimentOptions options, ImageSource images, int simulations, Action done, CancellationToken cancellation)
    {
        var places = options.Network!.Places;
        using var simulation = new Simulation(options, images, Environment.ProcessorCount);
        var runs = new List<(double Mu2Input, IReadOnlyDictionary<int, MomentSet> Moments)>();
        for (var index = 0; index < simulations; index++)
        {
            runs.Add(simulation.RunOnBatchOf(index, batch: 0, cancellation));
            done();
        }

        var indices = runs[0].Moments.Keys.Order().ToArray();
        var ends = indices.GroupBy(place => places[place].Depth).Select(group => group.Last()).ToArray();
        double[][] ByEnd(Func<double, MomentSet, double> read) => [.. ends.Select(end => runs.Select(run => read(run.Mu2Input, run.Moments[end])).ToArray())];
        return new(
            [.. ends.Select(end => places[end].Depth)],
            ByEnd((mu2Input, moments) => Alive(moments) ? 0.5 * (moments.LogMu2Noise - moments.LogMu2Signal + Math.Log(mu2Input)) : double.NaN),
            ByEnd((_, moments) => Alive(moments) ? moments.LogMu2Signal - moments.LogNu2Signal : double.NaN),
            ByEnd((_, moments) => moments.ReffSignal >= 1 ? moments.ReffSignal : double.NaN),
            indices.ToDictionary(place => place, place => runs.Select(run => Math.Exp(run.Moments[place].LogNu2Signal)).ToArray())
        );
    }

    private static bool Alive(MomentSet moments) => !MomentSet.IsLogOfZero(moments.LogMu2Signal) && !MomentSet.IsLogOfZero(moments.LogMu2Noise);
}
