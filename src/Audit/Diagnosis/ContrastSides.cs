namespace Wellbehaved.Audit;

/// <summary>
/// The signs of each contrast that a conclusion may rest on. They share the error rate of the certain condition, since no other sign is ever named.
/// </summary>
internal static class ContrastSides
{
    /// <summary>The signs of a contrast.</summary>
    /// <param name="contrast">The contrast.</param>
    /// <returns>1, -1, or both.</returns>
    public static IReadOnlyList<int> SidesOf(Contrast contrast) =>
        contrast switch
        {
            Contrast.Grows or Contrast.ShapeAboveThreeQuarters or Contrast.KeepsWithinFivePercent => [1],
            Contrast.FirstStretchHoldsRate or Contrast.SecondStretchHoldsRate or Contrast.ThirdStretchHoldsRate or Contrast.FourthStretchHoldsRate => [1],
            Contrast.FirstStretchHoldsPower or Contrast.SecondStretchHoldsPower or Contrast.ThirdStretchHoldsPower or Contrast.FourthStretchHoldsPower => [1],
            Contrast.FirstStretchExceedsPower
            or Contrast.SecondStretchExceedsPower
            or Contrast.ThirdStretchExceedsPower
            or Contrast.FourthStretchExceedsPower => [-1],
            Contrast.EarlyShapeAboveThreeQuarters or Contrast.LateShapeAboveThreeQuarters or Contrast.LateShapeAboveZero => [-1],
            Contrast.DirectionsHalve or Contrast.DirectionsStillFall or Contrast.MoreThanOneAndHalfDirections or Contrast.BeganWithMoreDirections => [1],
            Contrast.ShareHalves or Contrast.ShareStillFalls or Contrast.ShareOutrunsWalk or Contrast.ShareFallsSteadily or Contrast.ShareFellTenfold => [1],
            Contrast.ShapeAboveHalf or Contrast.GainsFivePercent or Contrast.SnrLostSixthPower or Contrast.SnrLostSquare => [-1],
            Contrast.DirectionsLoseThird or Contrast.DirectionsHaveNotSettled or Contrast.MoreThanTwoDirections or Contrast.MoreThanOneDirection => [-1],
            Contrast.ShareLosesThird or Contrast.ShareAboveTenth or Contrast.ShareAboveHundredth => [-1],
            Contrast.OutrunsEarlyWalk or Contrast.OutrunsLateWalk or Contrast.ShapeAboveMinusHalf => [1, -1],
            _ => throw new ArgumentOutOfRangeException(nameof(contrast), contrast, "expected a contrast"),
        };
}
