namespace Wellbehaved.Audit;

/// <summary>A test that takes samples until they decide; what it says is valid whenever one stops.</summary>
internal interface ISequentialTest
{
    /// <summary>Whether the samples so far decide: the interval excludes the claim, or lies inside ±δ. Further samples are not counted.</summary>
    bool IsDecided { get; }
}
