using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A norm without ε met features that are all equal, but for rounding: it divides by nothing.</summary>
/// <param name="norm">The norm.</param>
internal sealed class WrittenOutConstantException(Norm norm) : Exception($"expected features that differ before {norm.Word} with epsilon 0, got equal ones");
