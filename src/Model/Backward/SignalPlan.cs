using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Plans which signals of a pass are kept for adjoints, after which step the others are no longer needed, and where gradients are computed.</summary>
internal sealed class SignalPlan
{
    private readonly bool[] _isKept;
    private readonly bool[] _hasGradient;
    private readonly int[][] _lastRead;
    private readonly int[][] _places;

    private SignalPlan(TensorShape[] shapes, bool[] isKept, bool[] hasGradient, int[][] lastRead, int[][] places) =>
        (Shapes, _isKept, _hasGradient, _lastRead, _places) = (shapes, isKept, hasGradient, lastRead, places);

    /// <summary>Shape of each signal; 0 is the input, the last one the output.</summary>
    public TensorShape[] Shapes { get; }

    /// <summary>Number of signals.</summary>
    public int Signals => Shapes.Length;

    /// <summary>Number of elements of the largest signal.</summary>
    public int Capacity => Shapes.Max(shape => shape.Elements);

    /// <summary>Plans a pass.</summary>
    /// <param name="nodes">Its steps.</param>
    /// <param name="signalOfPlace">The signal that each place shows.</param>
    /// <param name="input">Shape of the input.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="gradients">Which gradients are computed.</param>
    public static SignalPlan Plan<T>(AdjointNode<T>[] nodes, int[] signalOfPlace, TensorShape input, TensorShape output, Gradients gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = nodes.Length + 1;
        var (shapes, isKept, hasGradient) = (new TensorShape[count], new bool[count], new bool[count]);
        shapes[0] = input;
        (isKept[0], isKept[^1]) = (true, true);
        hasGradient[0] = gradients.HasFlag(Gradients.Input) || (gradients.HasFlag(Gradients.Places) && Array.IndexOf(signalOfPlace, 0) >= 0);
        var lastReader = new int[count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            shapes[node.Target] = node.Layer?.Output ?? shapes[node.Branch];
            lastReader[node.Source] = i;
            if (node.Branch >= 0)
            {
                lastReader[node.Branch] = i;
            }

            if (node.Layer is { } layer && gradients != Gradients.None)
            {
                isKept[node.Source] |= layer.NeedsInput;
                isKept[node.Target] |= layer.NeedsOutput;
            }

            // The first layers with parameters need no gradient at their input, because no earlier layer has parameters.
            hasGradient[node.Target] = gradients != Gradients.None;
        }

        shapes[^1] = output;
        var read = Enumerable.Range(0, count).Where(signal => !isKept[signal]);
        return new(
            shapes,
            isKept,
            hasGradient,
            ByKey(read, signal => lastReader[signal], nodes.Length),
            ByKey(Enumerable.Range(0, signalOfPlace.Length).Reverse(), place => signalOfPlace[place], count)
        );
    }

    /// <summary>Whether a signal is kept until the gradient has passed.</summary>
    public bool IsKept(int signal) => _isKept[signal];

    /// <summary>Whether the gradient at a signal is computed.</summary>
    public bool HasGradient(int signal) => _hasGradient[signal];

    /// <summary>The signals that are not kept and that no later step reads.</summary>
    public int[] LastRead(int node) => _lastRead[node];

    /// <summary>The places that show a signal, from the last to the first.</summary>
    public int[] PlacesOf(int signal) => _places[signal];

    private static int[][] ByKey(IEnumerable<int> items, Func<int, int> keyOf, int keys)
    {
        var groups = items.ToLookup(keyOf);
        return [.. Enumerable.Range(0, keys).Select(key => groups[key].ToArray())];
    }
}
