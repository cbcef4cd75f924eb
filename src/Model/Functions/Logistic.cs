namespace Wellbehaved.Model;

/// <summary>The logistic function and its derivative, which several activations are made of.</summary>
internal static class Logistic
{
    /// <summary>1/(1 + exp(-u)), 1 less that, and the product of the two, which is the derivative.</summary>
    /// <param name="u">The number.</param>
    /// <param name="rest">What the number is larger than <paramref name="u"/> by, too little for a double of its size.</param>
    /// <returns>All three, each accurate where it is small.</returns>
    public static (double Value, double Complement, double Derivative) At(double u, double rest = 0)
    {
        var small = Elementary.Exp(-Math.Abs(u)) * (1 - (u < 0 ? -rest : rest));
        var large = 1 / (1 + small);
        var (value, complement) = u < 0 ? (small * large, large) : (large, small * large);
        return (value, complement, small * large * large);
    }
}
