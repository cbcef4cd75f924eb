namespace Wellbehaved.Theory;

/// <summary>Functions that are accurate for small arguments.</summary>
internal static class SmallNumbers
{
    /// <summary>ln(1 + x).</summary>
    /// <remarks>Uses W. Kahan's correction for the digits that are lost in 1 + x.</remarks>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>exp(x) - 1.</summary>
    public static double ExpMinusOne(double x) => Math.Abs(x) < 0.5 ? 2 * Math.Sinh(0.5 * x) * Math.Exp(0.5 * x) : Math.Exp(x) - 1;
}
