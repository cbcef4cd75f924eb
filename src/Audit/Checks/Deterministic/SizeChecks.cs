using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>O4 and I11: each operation does what its definition says at sizes of any kind, and with weights that the subject drew itself.</summary>
internal static class SizeChecks
{
    /// <summary>O4: with given weights, at any sizes of kernel, image, batch, width and depth.</summary>
    public static IEnumerable<Measurement> GivenWeights(CheckContext context, Architecture architecture)
    {
        var steps = new ShownSteps(context.UnitRoundoff);
        foreach (var (network, input) in DrawnSizes.Draw(context, architecture, given: true))
        {
            double[][] weights = [.. network.Kernels.Select((shape, index) => GivenCase.Kernel(shape, context.SeedOf(0), attempt: 0, (uint)index))];
            steps.Add(Trace.Record(context.Subject, network, new Weights.Given(weights), input), weights, DrawnSizes.Describe(network));
        }

        return steps.Conclude("sizes of any kind");
    }

    /// <summary>I11: with weights of the subject's own, batch norm, ReLU and skip connection do the same.</summary>
    public static IEnumerable<Measurement> OwnWeights(CheckContext context, Architecture architecture)
    {
        var (steps, simulation) = (new ShownSteps(context.UnitRoundoff), 0u);
        foreach (var (network, input) in DrawnSizes.Draw(context, architecture, given: false))
        {
            var weights = new Weights.Own(context.SeedOf(0), simulation++);
            steps.Add(Trace.Record(context.Subject, network, weights, input), weights: null, DrawnSizes.Describe(network));
        }

        return steps.Conclude("weights of its own");
    }
}
