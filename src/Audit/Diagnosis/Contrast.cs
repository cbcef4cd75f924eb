namespace Wellbehaved.Audit;

/// <summary>
/// Questions about the depth of a network whose answers determine its condition. Each is a number for each mapping, and the sign of its mean is the answer.
/// </summary>
/// <remarks>
/// Laws of growth are distinguished without a fitted constant. From a quarter to half of the depth ln χ gains D₁, from half to all of it D₂. Let ln χ grow as
/// (l^p - 1)/p: exponentially for p = 1, as a power of the depth for p = 0, to a bound for p &lt; 0. Then the gains have a known ratio G_p, and the sign of
/// D₂ - G_p D₁ is that of the true shape minus p. Two gains cannot distinguish a law from a step: a law is named only if shorter stretches confirm it.
/// Directions of variance beyond the first are counted as ln(r_eff - 1). Its fall from a quarter of the depth to all of it, divided by ln 4, is the power of
/// the depth with which they are lost. The share of the signal that varies, ln(μ₂/ν₂), is treated in the same way.
/// </remarks>
internal enum Contrast
{
    /// <summary>D₂: χ grows.</summary>
    Grows,

    /// <summary>
    /// D₂ minus twice what the random walk of finite width explains (<see cref="FiniteWidthWalk"/>), with its variance measured within mappings from a quarter
    /// to half of the depth.
    /// </summary>
    OutrunsEarlyWalk,

    /// <summary>The same, with the variance measured from half of the depth on.</summary>
    OutrunsLateWalk,

    /// <summary>Shape above ¾: the rate per layer falls by less than 16 % when the depth doubles.</summary>
    ShapeAboveThreeQuarters,

    /// <summary>Shape above ½: nearer to an exponential than to a power.</summary>
    ShapeAboveHalf,

    /// <summary>Shape above -½: nearer to a power than to a bound.</summary>
    ShapeAboveMinusHalf,

    /// <summary>
    /// In the first of four stretches with the same number of layers, from a quarter of the depth to all of it, ln χ gains at least two thirds of what a
    /// constant rate would give it.
    /// </summary>
    FirstStretchHoldsRate,

    /// <summary>The same in the second stretch.</summary>
    SecondStretchHoldsRate,

    /// <summary>The same in the third.</summary>
    ThirdStretchHoldsRate,

    /// <summary>The same in the fourth.</summary>
    FourthStretchHoldsRate,

    /// <summary>
    /// In the first of four stretches over which the depth grows by the same factor, ln χ gains at least two thirds of what a constant power would give it.
    /// </summary>
    FirstStretchHoldsPower,

    /// <summary>The same in the second.</summary>
    SecondStretchHoldsPower,

    /// <summary>The same in the third.</summary>
    ThirdStretchHoldsPower,

    /// <summary>The same in the fourth.</summary>
    FourthStretchHoldsPower,

    /// <summary>
    /// In the first of four stretches over which the depth grows by the same factor, ln χ gains more than 1.4 times what a constant power would give it.
    /// </summary>
    FirstStretchExceedsPower,

    /// <summary>The same in the second.</summary>
    SecondStretchExceedsPower,

    /// <summary>The same in the third.</summary>
    ThirdStretchExceedsPower,

    /// <summary>The same in the fourth.</summary>
    FourthStretchExceedsPower,

    /// <summary>Shape above ¾ by the two halves of the first doubling, from a quarter to half of the depth: by itself it looks exponential.</summary>
    EarlyShapeAboveThreeQuarters,

    /// <summary>Shape above ¾ by the two halves of the last doubling.</summary>
    LateShapeAboveThreeQuarters,

    /// <summary>Shape above 0 by the two halves of the last doubling: there χ does not settle faster than a power grows.</summary>
    LateShapeAboveZero,

    /// <summary>D₂ is above ln 1.05: a gain that is worth mentioning.</summary>
    GainsFivePercent,

    /// <summary>D₂ is above -ln 1.05.</summary>
    KeepsWithinFivePercent,

    /// <summary>ln χ at full depth exceeds 3 ln(1 + L): the SNR has lost more than the sixth power of the depth, whatever its present rate.</summary>
    SnrLostSixthPower,

    /// <summary>ln χ at full depth exceeds ln(1 + L): the SNR has lost more than the square of the depth.</summary>
    SnrLostSquare,

    /// <summary>r_eff - 1 at least halves from a quarter of the depth to all of it.</summary>
    DirectionsHalve,

    /// <summary>r_eff - 1 loses at least a third.</summary>
    DirectionsLoseThird,

    /// <summary>r_eff - 1 falls as the power ¼ or faster from half of the depth to all of it: it has not settled.</summary>
    DirectionsStillFall,

    /// <summary>r_eff - 1 falls as the power ⅛ or faster from half of the depth to all of it: it loses at least 8 %.</summary>
    DirectionsHaveNotSettled,

    /// <summary>r_eff is above 2 at full depth.</summary>
    MoreThanTwoDirections,

    /// <summary>r_eff is above 1.5 at full depth.</summary>
    MoreThanOneAndHalfDirections,

    /// <summary>
    /// r_eff is above 1.2 at full depth. An effective rank is the trace divided by the largest eigenvalue: below 1.2, the largest direction has at least five
    /// sixths of the variance, five times that of all others together. The number is a convention. It lies above the scatter of the narrowest and shallowest
    /// nets that are to be named (two of 296 runs of width 64 at depth 50 lay between 1.1 and this limit; infinitely wide nets are at 1.02 there), and below
    /// what anybody would call more than one direction.
    /// </summary>
    MoreThanOneDirection,

    /// <summary>r_eff - 1 has at least halved since the first recorded depth.</summary>
    BeganWithMoreDirections,

    /// <summary>The share μ₂/ν₂ of the signal that varies at least halves from a quarter of the depth to all of it.</summary>
    ShareHalves,

    /// <summary>The share loses at least a third.</summary>
    ShareLosesThird,

    /// <summary>The share falls as the power ¼ or faster from half of the depth to all of it.</summary>
    ShareStillFalls,

    /// <summary>From half of the depth to all of it, the share falls by more than twice what its random walk explains.</summary>
    ShareOutrunsWalk,

    /// <summary>
    /// The share falls as steadily as a power of the depth does: the shape of its fall is above -½; the shape of a share that tends to a constant is below.
    /// </summary>
    ShareFallsSteadily,

    /// <summary>More than a tenth of the signal varies at full depth.</summary>
    ShareAboveTenth,

    /// <summary>More than a hundredth of the signal varies at full depth.</summary>
    ShareAboveHundredth,

    /// <summary>The share has fallen at least tenfold since the first recorded depth.</summary>
    ShareFellTenfold,
}
