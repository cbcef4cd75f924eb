namespace Wellbehaved.Audit;

/// <summary>The result of a propagation.</summary>
/// <param name="Places">Signal and noise at every place, in the order of propagation.</param>
/// <param name="Output">Signal and noise at the end.</param>
/// <param name="Statistics">The statistics that its batch norms measured or were given.</param>
internal sealed record WrittenOutPropagation(IReadOnlyList<WrittenOutPlace> Places, WrittenOutFeatures Output, WrittenOutStatistics Statistics);
