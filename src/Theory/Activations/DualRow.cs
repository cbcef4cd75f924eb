namespace Wellbehaved.Theory;

/// <summary>The dual of one point with those before it, and the derivatives where noise asks for them.</summary>
internal sealed class DualRow(int points)
{
    public double[] V { get; } = new double[points];

    public double[] T { get; } = new double[points];

    public double[] V1 { get; } = new double[points];

    public double[] V2 { get; } = new double[points];

    public double[] Tp { get; } = new double[points];

    public double[] T1 { get; } = new double[points];

    public double[] T2 { get; } = new double[points];

    /// <summary>What stands for a pair.</summary>
    public DualDerivatives this[int j]
    {
        get => new(V[j], T[j], V1[j], V2[j], Tp[j], T1[j], T2[j]);
        set => (V[j], T[j], V1[j], V2[j], Tp[j], T1[j], T2[j]) = (value.V, value.T, value.V1, value.V2, value.Tp, value.T1, value.T2);
    }
}
