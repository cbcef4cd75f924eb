using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The example in PyTorch passes the audit: on each push of the architecture that has all that the four have, at night of those too that leave some of it out.
/// </summary>
public class PyTorchExampleTests
{
    [PyTorchFact]
    public void PyTorch_passes_all_claims()
    {
        var outcome = Audited.Run(Audited.PyTorchExample, Breadth.Choose<string[]>(usual: ["--architecture", "bn_res"], atNight: []));

        var checks = Breadth.Choose(usual: Suite.Checks.Count(check => check.Architecture == "bn_res"), atNight: Suite.Checks.Length);
        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().MatchRegex(@"(\d+) of \1 claims hold \((\d+) of \2 checks\), 0 rejected, 0 inconclusive");
        outcome.Output.Should().Contain($"({checks} of {checks} checks)");
    }
}
