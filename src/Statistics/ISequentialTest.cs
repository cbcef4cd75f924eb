namespace Wellbehaved.Statistics;

/// <summary>A test that takes samples until they decide. Its statements are valid whenever sampling stops.</summary>
internal interface ISequentialTest
{
    /// <summary>Whether the samples so far are enough: the interval excludes the claim, or lies inside ±δ. Further samples are not counted.</summary>
    bool IsDecided { get; }
}
