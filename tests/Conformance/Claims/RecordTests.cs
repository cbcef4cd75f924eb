using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each check measures the same quantities, from as many samples and with the same power, as in the record.</summary>
public class RecordTests
{
    /// <summary>
    /// Sums run over vectors of the same length on every machine: with all of AVX switched off, the 210 of the 229 rows that were compared stayed the
    /// same to the last bit. Logarithms and powers come from the C library, which may err by another last digit, 1e-16, elsewhere; this leaves it nine
    /// digits to grow by.
    /// </summary>
    private const double OtherLibraries = 1e-6;

    /// <summary>The worst of some thousand roundings, in tolerances: of the same size where a last digit differs.</summary>
    private const double OtherRoundings = 2;

    /// <summary>
    /// The smallest standard error of the record is 5e-4 of its mean: a mean that is off by half of what other libraries may do moves by this much of it.
    /// </summary>
    private const double OtherDeviations = 1e-3;

    /// <summary>
    /// Tolerances are made of the subject's own numbers, which a rounding of single precision, 6e-8, moves by itself times the case's amplification, 1e3 at
    /// most since others are drawn again. The rarest kind of comparison is one in ten of its measurement: were its tolerance twice as wide, the mean would move
    /// by 7 %.
    /// </summary>
    private const double OtherTolerances = 1e-4;

    /// <summary>A rate is a share of the suite's: a division or two.</summary>
    private const double Divisions = 1e-12;

    public static TheoryData<string> Checks => [.. Suite.Checks.Select(Signature.NameOf)];

    [Theory]
    [MemberData(nameof(Checks))]
    public void A_check_measures_the_recorded_quantities_with_the_recorded_power(string name)
    {
        var recorded = SuiteRecord.Recorded[name].ToArray();

        var outcome = SharedOutcomes.OfReference(Suite.Checks.Single(check => Signature.NameOf(check) == name), SuiteRecord.Seed);
        var measured = SuiteRecord.RowsOf(outcome);

        outcome.Failure.Should().BeNull("a check that fails after its last measurement has measured all the same");
        outcome.Declined.Should().BeEmpty();
        measured.Should().NotBeEmpty();
        measured
            .Select(row => (row.Quantity, row.Verdict, row.Samples, row.Remark))
            .Should()
            .Equal(
                recorded.Select(row => (row.Quantity, row.Verdict, row.Samples, row.Remark)),
                "a check that is meant to change has its record written anew: bench -- record FILE"
            );
        foreach (var (now, then) in measured.Zip(recorded))
        {
            now.FalseFailRate.Should().BeApproximately(then.FalseFailRate, Divisions * then.FalseFailRate, then.Quantity);
            if (then.IsDeterministic)
            {
                now.Tolerance.Should().BeApproximately(then.Tolerance, OtherTolerances * then.Tolerance, then.Quantity);
                now.Deviation.Should().BeInRange(then.Deviation / OtherRoundings, then.Deviation == 0 ? 1 : then.Deviation * OtherRoundings, then.Quantity);
                continue;
            }

            foreach (var (number, expected) in new[] { (now.Predicted, then.Predicted), (now.Measured, then.Measured), (now.Detectable, then.Detectable) })
            {
                (number == expected || Math.Abs(number - expected) <= OtherLibraries * Math.Abs(expected))
                    .Should()
                    .BeTrue($"{then.Quantity}: {number:R} against {expected:R}");
            }

            now.Deviation.Should().BeApproximately(then.Deviation, OtherDeviations, then.Quantity);
        }
    }

    public static TheoryData<string> Mutants => [.. Breadth.OfEachKind(AllMutants.List, Mutant.KindOf).Select(mutant => mutant.ToString())];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_mutant_is_rejected_by_the_recorded_checks(string name) =>
        SuiteRecord.FindingOf(AllMutants.List.Single(mutant => mutant.ToString() == name)).Should().Be(SuiteRecord.Findings[name]);

    [Fact]
    public void The_record_contains_only_checks_of_the_suite() =>
        SuiteRecord.Recorded.Select(rows => rows.Key).Should().BeSubsetOf(Suite.Checks.Select(Signature.NameOf));
}
