using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Finds recovered weights that are copies of others: between convolutions, simulations and seeds.</summary>
internal static class WeightCopies
{
    /// <summary>The least cosine of two copies. Copies agree to the rounding of the recovery, which is far better.</summary>
    internal const double LeastCosine = 0.999;

    /// <summary>Why weights of one simulation are copies of each other.</summary>
    /// <param name="simulations">Simulations of one network.</param>
    /// <returns>The cause; null if there are no copies.</returns>
    public static string? Within(IReadOnlyList<RecoveredSimulation> simulations)
    {
        if (simulations.Count == 0)
        {
            return null;
        }

        RecoveredConvolution[] known = [.. simulations[0].Convolutions.Where(convolution => convolution.IsWellKnown && convolution.Index > 0)];
        var pairs = (
            from one in known
            from other in known
            where other.Index > one.Index
            select (Lag: other.Index - one.Index, IsCopy: Cosine(one.Weights, other.Weights) > LeastCosine)
        ).ToArray();
        if (pairs.Where(pair => pair.IsCopy).Select(pair => (int?)pair.Lag).Min() is { } lag)
        {
            // Two convolutions that are equal by some other mistake are no repetition; two that differ by rounding do not disprove one.
            var atLag = pairs.Where(pair => pair.Lag == lag).ToArray();
            return 2 * atLag.Count(pair => pair.IsCopy) <= atLag.Length ? null
                : lag == 1 ? "all convolutions after the first share their weights"
                : $"weights repeat after {lag} convolutions";
        }

        return known.Any(one => known.Any(other => other.Index == one.Index + 1 && Cosine(Transposed(one), other.Weights) > LeastCosine))
            ? "convolutions that are the transpose of the one before"
            : null;
    }

    /// <summary>Why weights of different simulations or seeds are copies of each other.</summary>
    /// <param name="simulations">Simulations of several seeds.</param>
    /// <param name="seed">The seed that was asked for first.</param>
    /// <returns>
    /// The cause, and whether simulations of one seed repeat: then they say less about the law of their weights than as many others. Null if there are no
    /// copies.
    /// </returns>
    public static (string Cause, bool Repeats)? Between(IReadOnlyList<RecoveredSimulation> simulations, ulong seed) =>
        Between(
            [
                .. simulations.SelectMany(simulation =>
                    simulation
                        .Convolutions.Where(convolution => convolution.IsWellKnown && convolution.Shape.FanIn == convolution.Shape.OutputChannels)
                        .Select(convolution => new WeightVector(simulation.Seed, simulation.Simulation, convolution.Index, convolution.Weights))
                ),
            ],
            seed,
            simulations.Count(simulation => simulation.Seed == seed)
        );

    /// <summary>Why weights of different simulations or seeds are copies of each other, of any network.</summary>
    /// <param name="vectors">Sets of equally many weights, of simulations from 0 on and of neighbouring seeds.</param>
    /// <param name="seed">The seed that was asked for first.</param>
    /// <param name="ofSeed">The number of simulations of that seed.</param>
    /// <returns>As above.</returns>
    public static (string Cause, bool Repeats)? Between(IReadOnlyList<WeightVector> vectors, ulong seed, int ofSeed)
    {
        var groups = Groups(vectors);
        var ofSeeds = groups
            .SelectMany(group =>
                group
                    .Where(one => one.Seed != seed)
                    .Where(one => group.Any(other => other.Seed == seed && other.Simulation == one.Simulation && other.Index == one.Index))
            )
            .ToArray();
        if (ofSeeds.Length > 0)
        {
            return (OfSeeds(seed, [.. ofSeeds.Select(one => one.Seed ^ seed).Distinct()]), false);
        }

        var pairs = groups
            .SelectMany(group => group.SelectMany(one => group.Select(other => (One: one, Other: other))))
            .Where(pair =>
                pair.One != pair.Other
                && (pair.One.Simulation, pair.One.Index, pair.One.Seed).CompareTo((pair.Other.Simulation, pair.Other.Index, pair.Other.Seed)) < 0
            )
            .ToArray();
        if (pairs.Length == 0)
        {
            return null;
        }

        if (pairs.All(pair => pair.One.Seed == pair.Other.Seed && pair.One.Index == pair.Other.Index))
        {
            return OfSimulations([.. pairs.Where(pair => pair.One.Seed == seed)], ofSeed) is { } repetition ? (repetition, true) : null;
        }

        var numbering =
            pairs.All(pair => pair.One.Index == pair.Other.Index && pair.One.Seed + pair.One.Simulation == pair.Other.Seed + pair.Other.Simulation)
                ? "simulations are seeded by seed + simulation"
            : pairs.All(pair =>
                pair.One.Simulation == pair.Other.Simulation && pair.One.Seed + (ulong)pair.One.Index == pair.Other.Seed + (ulong)pair.Other.Index
            )
                ? "layers are seeded by seed + layer"
            : pairs.All(pair => pair.One.Seed == pair.Other.Seed && pair.One.Simulation + pair.One.Index == pair.Other.Simulation + pair.Other.Index)
                ? "layers are numbered by simulation + layer"
            : null;

        // With these numbers, a simulation shares convolutions with the next one.
        return numbering is null ? null : (numbering, pairs.Any(pair => pair.One.Seed == pair.Other.Seed));
    }

    private static string OfSeeds(ulong seed, ulong[] same)
    {
        var others = RecoveredWeights.Neighbours(seed).Select(other => other ^ seed).Except(same).ToArray();
        return others.Length == 0 ? "the seed is ignored"
            : Array.TrueForAll(same, bit => bit >= 1UL << 32) && Array.TrueForAll(others, bit => bit < 1UL << 32)
                ? "the high bits of a seed are ignored, from bit 32 on"
            : same is [1] ? "the last bit of a seed is ignored"
            : $"bits of a seed are ignored: {string.Join(", ", same.Order().Select(bit => System.Numerics.BitOperations.Log2(bit)))}";
    }

    private static string? OfSimulations((WeightVector One, WeightVector Other)[] pairs, int count)
    {
        if (pairs.Length == 0)
        {
            return null;
        }

        var (lag, known) = (
            pairs.Min(pair => pair.Other.Simulation - pair.One.Simulation),
            pairs.Select(pair => (pair.One.Simulation, pair.Other.Simulation)).ToHashSet()
        );
        bool IsCopy(uint one, uint other) => known.Contains((one, other));
        return lag == 1 && IsCopy(1, 2) && IsCopy(0, 1) ? "every simulation has the same weights"
            : lag == 1 && IsCopy(0, 1) && !IsCopy(1, 2) ? "each second simulation is a copy of the one before"
            : Enumerable.Range(0, count).Where(i => i + lag < count).Count(i => IsCopy((uint)i, (uint)i + lag)) * 2 > count - lag
                ? $"weights repeat after {lag} simulations"
            : null;
    }

    /// <summary>Groups of vectors that are copies of each other: found among neighbours in the order of their products with a random vector.</summary>
    private static List<WeightVector[]> Groups(IReadOnlyList<WeightVector> vectors)
    {
        if (vectors.Count == 0)
        {
            return [];
        }

        var direction = Batch.Normal(vectors[0].Weights.Length, 1, 0, RandomPurpose.GaussianImages);
        var ordered = vectors.OrderBy(vector => VectorMath.Dot(direction, vector.Weights)).ToArray();
        List<WeightVector[]> groups = [];
        List<WeightVector> current = [ordered[0]];
        foreach (var vector in ordered.Skip(1))
        {
            if (Cosine(current[^1].Weights, vector.Weights) < LeastCosine)
            {
                Close();
            }

            current.Add(vector);
        }

        Close();
        return groups;

        void Close()
        {
            if (current.Count > 1)
            {
                groups.Add([.. current]);
            }

            current = [];
        }
    }

    internal static double Cosine(double[] one, double[] other) =>
        one.Length != other.Length ? 0 : VectorMath.Dot(one, other) / Math.Sqrt(VectorMath.Dot(one, one) * VectorMath.Dot(other, other));

    private static double[] Transposed(RecoveredConvolution convolution)
    {
        var (inputs, outputs) = (convolution.Shape.FanIn, convolution.Shape.OutputChannels);
        return inputs != outputs ? [] : [.. Enumerable.Range(0, inputs * outputs).Select(i => convolution.Weights[(i % outputs * outputs) + (i / outputs)])];
    }
}
