namespace Wellbehaved.Audit;

/// <summary>
/// Questions about the depth of a network whose answers name its condition: each is a number for each mapping, and the sign of its mean is the answer.
/// </summary>
/// <remarks>
/// Laws of growth are told apart without a fitted constant. From a quarter to half of the depth ln χ gains D₁, from half to all of it D₂. Where ln χ grows as
/// (l^p - 1)/p, that is exponentially for p = 1, as a power of the depth for p = 0, to a bound for p &lt; 0, the gains have a known ratio G_p, and D₂ - G_p D₁
/// has the sign of the true shape less p. Two gains cannot tell a law from a step: a law is named only where shorter stretches bear it out. Directions of
/// variance beyond the first are counted as ln(r_eff - 1), whose fall from a quarter of the depth to all of it is divided by ln 4: the power of the depth with
/// which they are lost. The share of the signal that varies, ln(μ₂/ν₂), is treated alike.
/// </remarks>
internal enum Contrast
{
    /// <summary>D₂: χ grows.</summary>
    Grows,

    /// <summary>
    /// D₂ less twice what the random walk of finite width explains (<see cref="FiniteWidthWalk"/>), its variance measured within mappings from a quarter to
    /// half of the depth.
    /// </summary>
    OutrunsEarlyWalk,

    /// <summary>The same, the variance measured from half of the depth on.</summary>
    OutrunsLateWalk,

    /// <summary>Shape above ¾: the rate per layer falls by less than 16 % when the depth doubles.</summary>
    ShapeAboveThreeQuarters,

    /// <summary>Shape above ½: nearer to an exponential than to a power.</summary>
    ShapeAboveHalf,

    /// <summary>Shape above -½: nearer to a power than to a bound.</summary>
    ShapeAboveMinusHalf,

    /// <summary>
    /// In the first of four stretches of as many layers, from a quarter of the depth to all of it, ln χ gains two thirds at least of what a constant rate would
    /// give it.
    /// </summary>
    FirstStretchHoldsRate,

    /// <summary>The same in the second.</summary>
    SecondStretchHoldsRate,

    /// <summary>The same in the third.</summary>
    ThirdStretchHoldsRate,

    /// <summary>The same in the fourth.</summary>
    FourthStretchHoldsRate,

    /// <summary>
    /// In the first of four stretches over which the depth grows by the same factor, ln χ gains two thirds at least of what a constant power would give it.
    /// </summary>
    FirstStretchHoldsPower,

    /// <summary>The same in the second.</summary>
    SecondStretchHoldsPower,

    /// <summary>The same in the third.</summary>
    ThirdStretchHoldsPower,

    /// <summary>The same in the fourth.</summary>
    FourthStretchHoldsPower,

    /// <summary>
    /// In the first of the stretches over which the depth grows by the same factor, ln χ gains more than seven fifths of what a constant power would give it.
    /// </summary>
    FirstStretchExceedsPower,

    /// <summary>The same in the second.</summary>
    SecondStretchExceedsPower,

    /// <summary>The same in the third.</summary>
    ThirdStretchExceedsPower,

    /// <summary>The same in the fourth.</summary>
    FourthStretchExceedsPower,

    /// <summary>Shape above ¾ by the two halves of the first doubling, a quarter to half of the depth: alone it looks exponential.</summary>
    EarlyShapeAboveThreeQuarters,

    /// <summary>Shape above ¾ by the two halves of the last doubling.</summary>
    LateShapeAboveThreeQuarters,

    /// <summary>Shape above 0 by the two halves of the last doubling: there χ does not settle faster than a power grows.</summary>
    LateShapeAboveZero,

    /// <summary>D₂ is above ln 1.05: a gain that is worth a word.</summary>
    GainsFivePercent,

    /// <summary>D₂ is above -ln 1.05.</summary>
    KeepsWithinFivePercent,

    /// <summary>ln χ at full depth exceeds 3 ln(1 + L): the SNR has lost more than the sixth power of the depth, whatever it does now.</summary>
    SnrLostSixthPower,

    /// <summary>ln χ at full depth exceeds ln(1 + L): the SNR has lost more than the square of the depth.</summary>
    SnrLostSquare,

    /// <summary>r_eff - 1 halves at least from a quarter of the depth to all of it.</summary>
    DirectionsHalve,

    /// <summary>r_eff - 1 loses a third at least.</summary>
    DirectionsLoseThird,

    /// <summary>r_eff - 1 falls as the power ¼ or faster from half of the depth to all of it: it has not settled.</summary>
    DirectionsStillFall,

    /// <summary>r_eff - 1 falls as the power ⅛ or faster from half of the depth to all of it: it loses 8 % at least.</summary>
    DirectionsHaveNotSettled,

    /// <summary>r_eff is above 2 at full depth.</summary>
    MoreThanTwoDirections,

    /// <summary>r_eff is above 1.5 at full depth.</summary>
    MoreThanOneAndHalfDirections,

    /// <summary>
    /// r_eff is above 1.2 at full depth. An effective rank is the trace over the largest eigenvalue: below, the largest direction has five sixths of the
    /// variance at least, five times that of all others together. The number is a convention between what nobody would call one direction and what nets of the
    /// least width and depth that are to be named still scatter by (two of 296 runs of width 64 at depth 50 lay between 1.1 and this mark); infinitely wide
    /// ones are at 1.02 there.
    /// </summary>
    MoreThanOneDirection,

    /// <summary>r_eff - 1 has halved at least since the first recorded depth.</summary>
    BeganWithMoreDirections,

    /// <summary>The share μ₂/ν₂ of the signal that varies halves at least from a quarter of the depth to all of it.</summary>
    ShareHalves,

    /// <summary>The share loses a third at least.</summary>
    ShareLosesThird,

    /// <summary>The share falls as the power ¼ or faster from half of the depth to all of it.</summary>
    ShareStillFalls,

    /// <summary>The share falls there by more than twice what its random walk explains.</summary>
    ShareOutrunsWalk,

    /// <summary>
    /// The share falls as steadily as a power of the depth does: the shape of its fall is above -½, where one that tends to a constant has a shape below.
    /// </summary>
    ShareFallsSteadily,

    /// <summary>More than a tenth of the signal varies at full depth.</summary>
    ShareAboveTenth,

    /// <summary>More than a hundredth of the signal varies at full depth.</summary>
    ShareAboveHundredth,

    /// <summary>The share has fallen tenfold at least since the first recorded depth.</summary>
    ShareFellTenfold,
}
