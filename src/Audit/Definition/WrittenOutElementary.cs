namespace Wellbehaved.Audit;

/// <summary>Functions of exp and ln that are accurate near 0 and in their tails.</summary>
internal static class WrittenOutElementary
{
    /// <summary>exp(u) - 1.</summary>
    public static double ExponentialLessOne(double u)
    {
        if (Math.Abs(u) > 0.5)
        {
            return Math.Exp(u) - 1;
        }

        // u + u²/2! + u³/3! + …; the 18th term is below 0.5¹⁸/18! = 6e-22.
        var (sum, term) = (0.0, 1.0);
        for (var n = 1; n <= 18; n++)
        {
            term *= u / n;
            sum += term;
        }

        return sum;
    }

    /// <summary>ln(1 + x) for x from 0 to 1.</summary>
    public static double LogarithmOfOnePlus(double x)
    {
        // 2 artanh(r) with r = x/(2 + x) ≤ 1/3: 2 (r + r³/3 + r⁵/5 + …), whose term of order 35 is below 3e-18 of the first.
        var r = x / (2 + x);
        var (sum, power) = (0.0, r);
        for (var n = 1; n <= 35; n += 2)
        {
            sum += power / n;
            power *= r * r;
        }

        return 2 * sum;
    }

    /// <summary>1/(1 + exp(-u)).</summary>
    public static double Logistic(double u) => 1 / (1 + Math.Exp(-u));

    /// <summary>(1 - exp(-2u))/(1 + exp(-2u)).</summary>
    public static double HyperbolicTangent(double u)
    {
        var below = ExponentialLessOne(-2 * Math.Abs(u));
        return Math.CopySign(-below / (2 + below), u);
    }
}
