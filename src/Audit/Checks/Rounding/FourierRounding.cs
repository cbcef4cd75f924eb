namespace Wellbehaved.Audit;

/// <summary>The rounding of a convolution by fast Fourier transforms, in units of u·Σ_c ‖x_c‖₂‖w_c‖₂.</summary>
/// <remarks>
/// Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, 2nd ed., theorem 24.2: a transform is a product of stages, each a unitary matrix times the
/// root of its radix. A stage errs by η relative to the norm of what it transforms, so t stages err by tη. There the radix is 2; here it may be 2, 3, 5 or 7,
/// and 4 and 8 are two and three stages of radix 2.
/// </remarks>
internal static class FourierRounding
{
    /// <summary>The longest tile: implementations transform tiles of up to 32 × 32 positions, even if the image is smaller.</summary>
    private const double LongestTile = 32;

    /// <summary>The error of a root of unity in units of u: both of its parts are rounded.</summary>
    private const double Root = 1;

    /// <summary>√2·γ₂, the error of a complex product that is computed with four real products. Lemma 3.5.</summary>
    private static readonly double ComplexProduct = 2 * Math.Sqrt(2);

    private static readonly double PerBit = new[] { 2, 3, 5, 7 }.Max(radix => Stage(radix) / Math.Log2(radix));

    /// <summary>
    /// The error of a convolution of one image: transforms of features and weights, products summed over the channels, and the inverse transform.
    /// </summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="size">Extent k of the weights along each axis.</param>
    /// <returns>The factor of u·Σ_c ‖x_c‖₂‖w_c‖₂ in the bound.</returns>
    /// <remarks>
    /// With X and W the transforms on n positions, y_i = (1/n)Σ_f Σ_c X_cf W_cf e^{…}. Whatever errs by φ in norm before the last transform changes y_i by
    /// (1/n)Σ|ΔX||W| ≤ φ‖x_c‖‖w_c‖ at most: Cauchy and Schwarz over f, and ‖X‖ = √n‖x‖. The last transform errs by φ‖y‖₂, and ‖y‖₂ ≤ Σ_c ‖x_c‖ max_f|W_cf|
    /// ≤ Σ_c ‖x_c‖·k‖w_c‖.
    /// A division by n and the rounding of given weights and inputs to the subject's numbers are three more.
    /// </remarks>
    public static double OfConvolution(int height, int width, int channels, int size)
    {
        var transform = PerBit * (Bits(height + size - 1) + Bits(width + size - 1));
        return transform + Math.Max(transform, TransformByDefinition(size)) + Products(channels) + (size * transform) + 3;
    }

    /// <summary>
    /// η of a stage of radix r, in units of u. Multiplying by twiddle factors takes a rounded root and a complex product, which keep norms. The small transform
    /// by its definition takes r products with rounded roots and r - 1 additions, whose magnitudes are √r times the norm of the stage. Radix 2 has no product:
    /// Higham's η = μ + γ₄(√2 + μ) with μ = u.
    /// </summary>
    /// <remarks>
    /// Odd radices are also computed from sums and differences of opposite elements: (r - 1)/2 + 3 roundings of magnitudes |cos| + |sin| ≤ √2. For r = 3, 5 and
    /// 7 that error is smaller.
    /// </remarks>
    private static double Stage(int radix) =>
        radix == 2 ? Root + (4 * Math.Sqrt(2)) : (Math.Sqrt(radix) * (ComplexProduct + Root + (radix - 1))) + ComplexProduct + Root;

    /// <summary>log₂ of the longest transform of an axis: of a tile, or of the image padded to less than twice its extent.</summary>
    private static double Bits(int extent) => Math.Log2(Math.Max(LongestTile, 2 * extent));

    /// <summary>
    /// The error of transforming weights by the sum over their k taps along one axis and then along the other: k products of a real number and k of a complex
    /// number, each with a rounded root. There Σ|w| ≤ √k‖w‖, and the two parts of a complex number give another factor of √2.
    /// </summary>
    private static double TransformByDefinition(int size) => Math.Sqrt(size) * ((size + Root) + (Math.Sqrt(2) * ((2 * size) + Root)));

    /// <summary>
    /// Sums of complex products over the channels: with four real products each part has 2C terms, √2·γ_2C together. With three, (a + b)(c + d) - ac - bd has
    /// magnitudes of 2|x||w| that pass C + 4 roundings and of |x||w| that pass C + 2, and ac - bd has |x||w| with C + 1. Higham, SIAM J. Matrix Anal. Appl. 13
    /// (1992) 681.
    /// </summary>
    private static double Products(int channels)
    {
        var withThree = Math.Sqrt(Math.Pow((3 * channels) + 10, 2) + Math.Pow(channels + 1, 2));
        return Math.Max(Math.Sqrt(2) * 2 * channels, withThree);
    }
}
