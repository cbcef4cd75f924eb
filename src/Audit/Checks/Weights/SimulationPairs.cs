using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Compares convolutions of different simulations and seeds with each other.</summary>
internal static class SimulationPairs
{
    /// <summary>Number of rows of the product that are formed at once: with a block of some thousand columns they stay in the cache.</summary>
    private const int RowsAtOnce = 64;

    /// <summary>Any two convolutions of the same shape, whatever their seed, simulation and depth.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="order">The order of the second.</param>
    /// <param name="test">Collects the pairs: <see cref="Count"/> of them.</param>
    /// <remarks>
    /// Products of vectors of norm 1 are formed in single precision: rounding the two vectors and adding up n products errs by at most (n + 3)u. If the order
    /// is another one, each pair comes once, with the later convolution reordered, and no convolution is paired with itself.
    /// </remarks>
    public static void AddAll(IReadOnlyList<RecoveredSimulation> simulations, IndexOrder order, CosineTest test)
    {
        foreach (var group in Groups(simulations))
        {
            AddGroup([.. group], order, test);
        }
    }

    /// <summary>Number of pairs that <see cref="AddAll"/> adds.</summary>
    /// <param name="simulations">The simulations.</param>
    public static long Count(IReadOnlyList<RecoveredSimulation> simulations) =>
        Groups(simulations).Sum(group => group.LongCount() * (group.LongCount() - 1) / 2);

    /// <summary>Compares successive simulations, convolution by convolution, all together: 0 with 1, 2 with 3 and so on.</summary>
    /// <param name="simulations">The simulations.</param>
    public static Cosine Successive(IReadOnlyList<RecoveredSimulation> simulations)
    {
        var sums = new CosineSums();
        for (var i = 0; i + 1 < simulations.Count; i += 2)
        {
            AddConvolutions(sums, simulations[i], simulations[i + 1]);
        }

        return sums.Cosine;
    }

    /// <summary>Compares the simulations of one seed with those of another, all together.</summary>
    /// <param name="simulations">Simulations of several seeds.</param>
    /// <param name="seed">One seed.</param>
    /// <param name="other">The other.</param>
    public static Cosine OfSeeds(IEnumerable<RecoveredSimulation> simulations, ulong seed, ulong other)
    {
        var sums = new CosineSums();
        foreach (var (one, another) in simulations.Where(simulation => simulation.Seed == seed).Zip(simulations.Where(simulation => simulation.Seed == other)))
        {
            AddConvolutions(sums, one, another);
        }

        return sums.Cosine;
    }

    private static void AddConvolutions(CosineSums sums, RecoveredSimulation one, RecoveredSimulation other)
    {
        foreach (var (first, second) in one.Convolutions.Zip(other.Convolutions))
        {
            sums.Add(first, second, second.Weights);
        }
    }

    private static IEnumerable<IGrouping<(int, int, int), Member>> Groups(IReadOnlyList<RecoveredSimulation> simulations) =>
        simulations
            .SelectMany(simulation => simulation.Convolutions.Select(convolution => new Member(simulation, convolution)))
            .Where(member => member.Convolution.IsWellKnown)
            .GroupBy(member => (member.Convolution.Shape.Size, member.Convolution.Shape.InputChannels, member.Convolution.Shape.OutputChannels));

    private static unsafe void AddGroup(Member[] members, IndexOrder order, CosineTest test)
    {
        var length = members[0].Convolution.Shape.Length;
        var permutation = order.Permutation(members[0].Convolution.Shape);
        using var rows = new AlignedBuffer<float>(members.Length * length);
        using var columns = new AlignedBuffer<float>(members.Length * length);
        using var products = new AlignedBuffer<float>(RowsAtOnce * members.Length);
        using var product = new MatrixProduct<float>();
        double[] angles = [.. members.Select(member => member.Convolution.RelativeError is var ratio && ratio < 1 ? Math.Asin(ratio) : Math.PI / 2)];
        var rounding = (length + 3) * Math.ScaleB(1, -24);
        for (var i = 0; i < members.Length; i++)
        {
            Normalise(members[i].Convolution, permutation, rows.Span.Slice(i * length, length), columns.Span.Slice(i * length, length));
        }

        for (var first = 0; first < members.Length; first += RowsAtOnce)
        {
            var (count, width) = (Math.Min(RowsAtOnce, members.Length - first), members.Length - first);
            product.Multiply(
                MatrixOperand<float>.RowMajor(rows.Pointer + (first * length), length),
                MatrixOperand<float>.Transposed(columns.Pointer + (first * length), length),
                products.Pointer,
                count,
                length,
                width
            );
            for (var i = 0; i < count; i++)
            {
                for (var j = i + 1; j < width; j++)
                {
                    var cosine = new Cosine(products.Pointer[(i * width) + j], length, angles[first + i] + angles[first + j] + rounding);
                    if (test.MayMatter(cosine))
                    {
                        Add(members[first + i], members[first + j], cosine);
                    }
                    else
                    {
                        test.Count(1);
                    }
                }
            }
        }

        // A function of its own, so that only pairs that matter allocate the closure.
        void Add(Member one, Member other, Cosine cosine) => test.Add(cosine, () => $"{one} and {other}{order.InWords()}");
    }

    private static void Normalise(RecoveredConvolution convolution, int[] permutation, Span<float> row, Span<float> column)
    {
        var norm = Math.Sqrt(convolution.SquaredNorm);
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = norm == 0 ? 0 : (float)(convolution.Weights[i] / norm);
            column[i] = norm == 0 ? 0 : (float)(convolution.Weights[permutation[i]] / norm);
        }
    }

    private sealed record Member(RecoveredSimulation Simulation, RecoveredConvolution Convolution)
    {
        public override string ToString() => $"convolution {Convolution.Index} of simulation {Simulation.Simulation} of seed {Simulation.Seed}";
    }
}
