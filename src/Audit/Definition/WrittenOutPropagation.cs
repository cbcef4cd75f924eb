namespace Wellbehaved.Audit;

/// <summary>What a propagation shows.</summary>
/// <param name="Places">Signal and noise at every place, in the order of propagation.</param>
/// <param name="Output">Both at the end.</param>
/// <param name="Statistics">What its batch norms measured, or were given.</param>
internal sealed record WrittenOutPropagation(IReadOnlyList<WrittenOutPlace> Places, WrittenOutFeatures Output, WrittenOutStatistics Statistics);
