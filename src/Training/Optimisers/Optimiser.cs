using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Training;

/// <summary>Moves parameters along their gradients, number by number.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal abstract class Optimiser<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Count of numbers that one thread takes at a time.</summary>
    private const int ChunkLength = 1 << 14;

    private readonly int _threads;

    /// <summary>Prepares the rule.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="threads">The most threads; results do not depend on it.</param>
    protected Optimiser(double rate, int threads) => (Rate, _threads) = (rate, threads);

    /// <summary>The learning rate.</summary>
    protected double Rate { get; }

    /// <summary>Creates an optimiser.</summary>
    /// <param name="kind">Its rule.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="parameters">Number of parameters.</param>
    /// <param name="threads">The most threads; results do not depend on it.</param>
    public static Optimiser<T> Create(OptimiserKind kind, double rate, int parameters, int threads = 1) =>
        kind switch
        {
            OptimiserKind.Adam => new Adam<T>(rate, parameters, threads),
            OptimiserKind.Sgd => new Sgd<T>(rate, parameters, threads),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected an optimiser"),
        };

    /// <summary>Takes a step.</summary>
    /// <param name="parameters">The parameters, which are changed.</param>
    /// <param name="gradients">The gradient of the loss by each parameter.</param>
    public unsafe void Step(Span<T> parameters, ReadOnlySpan<T> gradients)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Length, parameters.Length);
        Begin();
        var length = parameters.Length;
        fixed (
            T* values = parameters,
                slopes = gradients
        )
        {
            var moved = values;
            var along = slopes;
            Workers.ForEach(
                (length + ChunkLength - 1) / ChunkLength,
                _threads,
                (chunk, _) =>
                {
                    var first = chunk * ChunkLength;
                    var count = Math.Min(ChunkLength, length - first);
                    Step(new Span<T>(moved + first, count), new ReadOnlySpan<T>(along + first, count), first);
                }
            );
        }
    }

    /// <summary>Begins a step.</summary>
    protected abstract void Begin();

    /// <summary>Takes the step for some of the parameters.</summary>
    /// <param name="parameters">These parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="first">Index of the first of these parameters.</param>
    protected abstract void Step(Span<T> parameters, ReadOnlySpan<T> gradients, int first);
}
