namespace Wellbehaved.Audit;

/// <summary>The rounding of a convolution by fast Fourier transforms, in units of u·Σ_c ‖x_c‖₂‖w_c‖₂.</summary>
/// <remarks>
/// Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, 2nd ed., theorem 24.2: a transform is a product of stages, each a unitary matrix times the
/// root of its radix. A stage errs by η relative to the norm of what it transforms, so t stages err by tη. There the radix is 2; here it may be 2, 3, 5 or 7,
/// and 4 and 8 are two and three stages of radix 2.
/// </remarks>
internal static class FourierRounding
{
    /// <summary>Implementations transform tiles of up to 32 × 32 positions however small the image is.</summary>
    private const double LongestTile = 32;

    /// <summary>A root of unity is a rounded number: its two parts err by u of themselves.</summary>
    private const double Root = 1;

    /// <summary>√2·γ₂: a complex product of four real ones. Lemma 3.5.</summary>
    private static readonly double ComplexProduct = 2 * Math.Sqrt(2);

    private static readonly double PerBit = new[] { 2, 3, 5, 7 }.Max(radix => Stage(radix) / Math.Log2(radix));

    /// <summary>A convolution of one image: transforms of features and weights, products summed over the channels, and the transform back.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="size">Extent k of the weights along each axis.</param>
    /// <returns>The bound's factor of u·Σ_c ‖x_c‖₂‖w_c‖₂.</returns>
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
    /// η of a stage of radix r, in units of u. Twiddle factors: a rounded root and a complex product, which keep norms. The small transform by its definition:
    /// r products with rounded roots and r - 1 additions, magnitudes of which are √r times the norm that the stage has. Radix 2 has no product: Higham's η = μ
    /// + γ₄(√2 + μ) with μ = u.
    /// </summary>
    /// <remarks>
    /// Odd radices are also computed from sums and differences of opposite elements: (r - 1)/2 + 3 roundings of magnitudes |cos| + |sin| ≤ √2. For r = 3,
    /// 5, 7 that is less.
    /// </remarks>
    private static double Stage(int radix) =>
        radix == 2 ? Root + (4 * Math.Sqrt(2)) : (Math.Sqrt(radix) * (ComplexProduct + Root + (radix - 1))) + ComplexProduct + Root;

    /// <summary>Bits of the longest transform of an axis: of a tile, or of the image padded to less than twice its extent.</summary>
    private static double Bits(int extent) => Math.Log2(Math.Max(LongestTile, 2 * extent));

    /// <summary>
    /// Weights may be transformed by the sum over their k taps along one axis and then along the other: k products of a real and k of a complex number, each
    /// with a rounded root, where Σ|w| ≤ √k‖w‖ and the two parts of a complex number give √2 once more.
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
