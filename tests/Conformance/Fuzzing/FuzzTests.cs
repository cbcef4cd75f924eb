using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class FuzzTests : IDisposable
{
    private readonly FuzzTargets _targets = new();

    public void Dispose() => _targets.Dispose();

    [Fact]
    public void No_parser_crashes_hangs_or_allocates_memory_out_of_proportion_to_its_input()
    {
        foreach (var target in _targets.All)
        {
            var outcome = Fuzzer.Try(target, inputs: Breadth.Choose(usual: 150, atNight: 400), (int)(TestSeed.Value % int.MaxValue));
            outcome.Failures.Should().BeEmpty();
            outcome.Refused.Should().BePositive("{0} must have been given something wrong", target.Name);
        }
    }
}
