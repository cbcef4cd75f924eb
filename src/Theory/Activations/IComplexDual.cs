using System.Numerics;

namespace Wellbehaved.Theory;

/// <summary>A dual with an analytic continuation to complex covariances, which law B2 needs.</summary>
internal interface IComplexDual
{
    /// <summary>
    /// Whether it grows exponentially where the real part of a variance is negative. A contour passes there, and then loses digits where variances are large.
    /// </summary>
    bool GrowsExponentially { get; }

    /// <summary>E s(u).</summary>
    Complex Mean(Complex q);

    /// <summary>E s(u)s(v).</summary>
    Complex V(Complex q1, Complex q2, Complex p);

    /// <summary>E s'(u)s'(v).</summary>
    Complex T(Complex q1, Complex q2, Complex p);
}
