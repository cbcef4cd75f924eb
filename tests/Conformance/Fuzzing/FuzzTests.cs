using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class FuzzTests : IDisposable
{
    private readonly FuzzTargets _targets = new();

    public void Dispose() => _targets.Dispose();

    [Fact]
    public void No_parser_crashes_hangs_or_allocates_more_than_its_input_accounts_for()
    {
        foreach (var target in _targets.All)
        {
            var outcome = Fuzzer.Try(target, inputs: Breadth.Choose(usual: 150, atNight: 400), (int)(TestSeed.Value % int.MaxValue));
            outcome.Failures.Should().BeEmpty();
            outcome.Refused.Should().BePositive("{0} must have been given something wrong", target.Name);
        }
    }
}
