using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx.Derivatives;

/// <summary>Compares the derivative of a graph with finite differences of its outputs.</summary>
internal static class DerivativeCheck
{
    /// <summary>What was compared, so that a test can ask that something was.</summary>
    public readonly record struct Outcome(int Compared, bool InDouble);

    /// <summary>Compares in double precision; in single where ONNX Runtime has no kernel for double.</summary>
    /// <param name="make">Reads the graph anew.</param>
    /// <param name="given">Values of its inputs.</param>
    /// <param name="moving">Inputs that noise enters at.</param>
    /// <param name="options">Which mapping is differentiated.</param>
    public static Outcome Holds(Func<Graph> make, IReadOnlyDictionary<string, TensorProto> given, IReadOnlyCollection<string> moving, DerivativeOptions options)
    {
        if (make().Nodes.Exists(node => SingleWithin.Contains(node.OpType)))
        {
            return new Outcome(Compare(make(), given, moving, options, DataType.Float, step: 1e-2, tolerance: InSingle), InDouble: false);
        }

        try
        {
            // Rounding of 1e-16, of values that may be ten, by a step of 1e-6.
            var compared = Compare(make(), given, moving, options, DataType.Double, step: 1e-6, tolerance: 1e-7);
            return compared == make().Outputs.Count
                ? new Outcome(compared, InDouble: true)
                : new Outcome(Compare(make(), given, moving, options, DataType.Float, step: 1e-2, tolerance: InSingle), InDouble: false);
        }
        catch (InvalidInputException error) when (HasNoKernel(error.Message))
        {
            return new Outcome(Compare(make(), given, moving, options, DataType.Float, step: 1e-2, tolerance: InSingle), InDouble: false);
        }
    }

    /// <summary>Rounding of 6e-8, of values that may be ten, by a step of 1e-2.</summary>
    private const double InSingle = 1e-3;

    /// <summary>Operators that compute in single precision whatever they are given.</summary>
    private static readonly string[] SingleWithin = ["Shrink", "GroupNormalization"];

    private static bool HasNoKernel(string message) =>
        message.Contains("NOT_IMPLEMENTED", StringComparison.Ordinal)
        || message.Contains("NotImplemented", StringComparison.Ordinal)
        || message.Contains("Could not find an implementation", StringComparison.Ordinal)
        || message.Contains("Type Error", StringComparison.Ordinal)
        || message.Contains("is invalid", StringComparison.Ordinal);

    private static int Compare(
        Graph graph,
        IReadOnlyDictionary<string, TensorProto> given,
        IReadOnlyCollection<string> moving,
        DerivativeOptions options,
        DataType precision,
        double step,
        double tolerance
    )
    {
        var random = new RandomSource();
        DataType[] reals = [DataType.Float, DataType.Double, DataType.Float16, DataType.Bfloat16];
        Precision.Change(graph, reals, precision);
        var values = given.ToDictionary(
            pair => pair.Key,
            pair =>
                Tensors.IsReal(pair.Value.DataType)
                    ? Tensors.FromReals(precision, pair.Value.Dims, random.Jittered(Tensors.Reals(pair.Value), moving.Contains(pair.Key)))
                    : pair.Value
        );
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            var tensor = values[graph.Inputs[i].Name];
            graph.Inputs[i] = GraphModel.Input(graph.Inputs[i].Name, tensor.DataType, tensor.Dims);
        }

        OperatorUpgrade.Apply(graph);
        var types = Probe.Types(graph, () => graph.Inputs.ConvertAll(input => Evaluation.Value(values[input.Name])), 1);
        var directions = moving.ToDictionary(name => name, name => random.Normal(Tensors.Reals(values[name]).Length));
        var seeds = moving.ToDictionary(name => name, name => graph.Fresh("noise"));
        var (derivative, tangents) = Derivative.Differentiate(graph, types, seeds, options);
        foreach (var (name, seed) in seeds)
        {
            derivative.Inputs.Add(GraphModel.Input(seed, (int)precision, values[name].Dims));
            values[seed] = Tensors.FromReals(precision, values[name].Dims, directions[name]);
        }

        // Statistics of a normalisation may be in single precision where all else is in double.
        var outputs = graph.Outputs.Where(output => types[output].Element == (int)precision).ToList();
        var moved = outputs.Where(tangents.ContainsKey).ToList();
        var before = Evaluation.Run(graph, values, outputs);
        var both = Evaluation.Run(derivative, values, [.. outputs, .. moved.Select(output => tangents[output]).Distinct()]);

        // The primal of the derivative has the statistics of the batch, where those are asked for.
        if (graph.Nodes.TrueForAll(node => node.OpType != "BatchNormalization") || options.BatchNorm == OnnxBatchNorm.Stored)
        {
            foreach (var output in outputs)
            {
                both[output].Should().Equal(before[output], "adding tangents must not change '{0}'", output);
            }
        }

        // Two steps, whose errors of second order cancel.
        var (coarse, fine) = (
            Difference(derivative, values, directions, outputs, step, precision),
            Difference(derivative, values, directions, outputs, step / 2, precision)
        );
        var largest = moving.SelectMany(name => Tensors.Reals(values[name])).Select(Math.Abs).DefaultIfEmpty(0).Max();
        foreach (var output in outputs)
        {
            double[] difference = [.. fine[output].Zip(coarse[output], (near, far) => ((4 * near) - far) / 3)];
            var tangent = moved.Contains(output) ? both[tangents[output]] : new double[difference.Length];
            tangent.Length.Should().Be(difference.Length, "a tangent has the shape of its value, '{0}'", output);
            var size = Math.Max(1, difference.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
            var allowed = size * tolerance * Math.Max(1, largest / 10);
            for (var i = 0; i < tangent.Length; i++)
            {
                // Where the two steps disagree, there is a kink between them or a pole nearby.
                Math.Abs(tangent[i] - difference[i])
                    .Should()
                    .BeLessThan(
                        allowed + (3 * Math.Abs(fine[output][i] - coarse[output][i])),
                        "of {0}[{1}] the tangent is {2}, the difference {3}",
                        output,
                        i,
                        tangent[i],
                        difference[i]
                    );
            }
        }

        return outputs.Count;
    }

    private static Dictionary<string, double[]> Difference(
        Graph graph,
        Dictionary<string, TensorProto> values,
        Dictionary<string, double[]> directions,
        List<string> outputs,
        double step,
        DataType precision
    )
    {
        var (up, down) = (At(graph, values, directions, outputs, step, precision), At(graph, values, directions, outputs, -step, precision));
        return outputs.ToDictionary(output => output, output => up[output].Zip(down[output], (above, below) => (above - below) / (2 * step)).ToArray());
    }

    private static Dictionary<string, double[]> At(
        Graph graph,
        Dictionary<string, TensorProto> values,
        Dictionary<string, double[]> directions,
        List<string> outputs,
        double step,
        DataType precision
    )
    {
        var there = new Dictionary<string, TensorProto>(values);
        foreach (var (name, direction) in directions)
        {
            there[name] = Tensors.FromReals(
                precision,
                values[name].Dims,
                [.. Tensors.Reals(values[name]).Zip(direction, (value, along) => value + (step * along))]
            );
        }

        return Evaluation.Run(graph, there, outputs);
    }

    /// <summary>Numbers that are the same at every run.</summary>
    private sealed class RandomSource
    {
        private uint _stream;

        public double[] Normal(int length)
        {
            var values = new double[length];
            new RandomNumbers(27, 0, _stream++, RandomPurpose.InputNoise).FillNormal<double>(values, 1);
            return values;
        }

        /// <summary>Values a little beside those given, which examples put onto kinks.</summary>
        public double[] Jittered(double[] values, bool isMoving)
        {
            var beside = Normal(values.Length);
            return isMoving ? [.. values.Zip(beside, (value, by) => value + (0.003 * by))] : values;
        }
    }
}
