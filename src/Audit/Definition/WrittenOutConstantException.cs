using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The exception for a norm with ε = 0 whose features are all equal, up to rounding: it would divide by zero.</summary>
/// <param name="norm">The norm.</param>
internal sealed class WrittenOutConstantException(Norm norm) : Exception($"expected features that differ before {norm.Word} with epsilon 0, got equal ones");
