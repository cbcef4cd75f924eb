using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>D5, D6, D7: what the ledger says a whole network must show can be shown: bounds are below it where the network is fully connected, and where
/// images have one pixel.</summary>
public class SharpnessTests
{
    public static TheoryData<string, double> Architectures
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (var architecture in Architecture.Names)
            {
                data.Add(architecture, 0);
                data.Add(architecture, 0.1);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Carried_bounds_are_below_the_discrepancy_of_the_ledger(string architecture, double epsilon)
    {
        using var reference = new ReferenceSubject();
        for (var seed = 0ul; seed < 20; seed++)
        {
            var outcome = Suite.Execute(new Check("D7", architecture, Measured), reference, Scale.Quick, seed);
            outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        }

        IEnumerable<Measurement> Measured(CheckContext context)
        {
            var discrepancy = architecture.StartsWith("bn", StringComparison.Ordinal) ? GivenCase.MostBoundNormalised : GivenCase.MostBound;
            var cases = GivenCase
                .All(context, Architecture.Named(architecture), epsilon)
                .Where(given => given.Network.KernelSize == 1)
                .Concat(GivenCase.Sparse(context, Architecture.Named(architecture), epsilon));
            foreach (var given in cases)
            {
                var largest = new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff)
                    .Through(given.Input)
                    .Max(place => Math.Max(place.SignalBound.Max() / place.Signal.Max(Math.Abs), place.NoiseBound.Max() / place.Noise.Max(Math.Abs)));
                yield return new Measurement(
                    given.Description,
                    new Expected(discrepancy),
                    new Observed(largest),
                    largest < discrepancy ? Verdict.Holds : Verdict.Rejected
                )
                {
                    Samples = 1,
                };
            }
        }
    }
}
