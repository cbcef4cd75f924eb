using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The example in PyTorch passes the whole audit. A class of its own: classes run beside each other, and this audit takes a minute and a half.</summary>
public class PyTorchExampleTests
{
    [PyTorchFact]
    public void PyTorch_passes_all_claims()
    {
        var outcome = Audited.Run(Audited.PyTorchExample);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("47 of 47 claims hold (124 of 124 checks), 0 rejected, 0 inconclusive");
    }
}
