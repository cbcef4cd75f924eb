using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What is refused, and by which name.</summary>
internal static class Refusal
{
    /// <summary>A call that was given null where something is needed says which parameter that was.</summary>
    public static void OfNull(string parameter, Action call) =>
        FluentActions.Invoking(call).Should().Throw<ArgumentNullException>().WithParameterName(parameter);
}
