using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>The dual of one point with the points before it, and the derivatives if noise needs them.</summary>
internal sealed class DualRow(int points)
{
    public double[] V { get; } = new double[points];

    public double[] T { get; } = new double[points];

    public double[] V1 { get; } = new double[points];

    public double[] V2 { get; } = new double[points];

    public double[] Tp { get; } = new double[points];

    public double[] T1 { get; } = new double[points];

    public double[] T2 { get; } = new double[points];

    /// <summary>The dual of a pair.</summary>
    public DualDerivatives this[int j]
    {
        get => new(V[j], T[j], V1[j], V2[j], Tp[j], T1[j], T2[j]);
        set => (V[j], T[j], V1[j], V2[j], Tp[j], T1[j], T2[j]) = (value.V, value.T, value.V1, value.V2, value.Tp, value.T1, value.T2);
    }

    /// <summary>Stores the duals of four pairs.</summary>
    /// <param name="dual">The duals.</param>
    /// <param name="j">Index of the first pair.</param>
    /// <param name="derivatives">Whether the derivatives have been computed.</param>
    public void Store(in VectorDual dual, int j, bool derivatives)
    {
        dual.V.CopyTo(V, j);
        dual.T.CopyTo(T, j);
        if (derivatives)
        {
            dual.V1.CopyTo(V1, j);
            dual.V2.CopyTo(V2, j);
            dual.Tp.CopyTo(Tp, j);
            dual.T1.CopyTo(T1, j);
            dual.T2.CopyTo(T2, j);
        }
    }

    /// <summary>Stores the first of four pairs, at the end of a row.</summary>
    /// <param name="dual">The duals.</param>
    /// <param name="j">Index of the first pair.</param>
    /// <param name="count">Number of pairs that are stored.</param>
    public void StoreFirst(in VectorDual dual, int j, int count)
    {
        for (var k = 0; k < count; k++)
        {
            this[j + k] = new(dual.V[k], dual.T[k], dual.V1[k], dual.V2[k], dual.Tp[k], dual.T1[k], dual.T2[k]);
        }
    }
}
