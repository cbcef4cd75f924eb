namespace Wellbehaved.Audit;

/// <summary>Numbers of a moment that are not finite, or that no signal can have. They are reported as a finding, not ignored as a gap.</summary>
/// <param name="Moment">The moment, in words.</param>
/// <param name="Kind">What is wrong with the numbers.</param>
/// <param name="Depth">The first depth with such a number.</param>
/// <param name="Count">Number of mappings that have one.</param>
/// <param name="Mappings">Number of mappings examined.</param>
/// <param name="Subject">The word for mappings: mappings or simulations.</param>
internal sealed record MomentFinding(string Moment, ValueKind Kind, int Depth, int Count, int Mappings, string Subject = "mappings")
{
    /// <summary>The first place with such a number, by its name in a neutral file; null if the moment names it already.</summary>
    public string? Place { get; init; }

    /// <summary>Rejected if a correct implementation cannot show it; inconclusive if it cannot be judged.</summary>
    public Verdict Verdict => VerdictOf(Kind);

    /// <summary>The verdict on a number: rejected if a correct implementation cannot show it; inconclusive if it cannot be judged.</summary>
    /// <param name="kind">What is wrong with the number.</param>
    public static Verdict VerdictOf(ValueKind kind) =>
        kind switch
        {
            ValueKind.NotANumber
            or ValueKind.Infinite
            or ValueKind.OutOfRange
            or ValueKind.OfAnotherNumber
            or ValueKind.AboveWhole
            or ValueKind.NotNormalised
            or ValueKind.ZeroFactor
            or ValueKind.Outlived => Verdict.Rejected,
            ValueKind.NotComputed or ValueKind.Contradicted => Verdict.Inconclusive,
            ValueKind.Possible or ValueKind.Extinct => throw new InvalidOperationException($"expected a finding, got {kind}, which is none"),
            _ => throw new InvalidOperationException($"expected a kind of value, got {kind}"),
        };

    /// <summary>The finding as a measurement; the theory expects no such number.</summary>
    public Measurement Conclude() => Measure(ToString(), Count, Mappings, Verdict);

    /// <summary>A measurement that counts events that must not occur.</summary>
    public static Measurement Measure(string words, int count, int of, Verdict verdict) =>
        new(words, new Expected(0), new Observed(count), verdict) { Samples = of, Deviation = double.PositiveInfinity };

    /// <summary>For example <c>effective rank is not a number in 24 of 48 mappings, first at depth 40</c>.</summary>
    public override string ToString() =>
        $"{Moment} {Words} in {Count} of {Mappings} {Subject}, first at depth {Depth}{(Place is { } place ? $", place {place}" : "")}";

    private string Words =>
        Kind switch
        {
            ValueKind.NotANumber => "is not a number",
            ValueKind.Infinite => "is infinite",
            ValueKind.OutOfRange => "has a value that no signal has",
            ValueKind.OfAnotherNumber => "is not the logarithm of the number beside it",
            ValueKind.AboveWhole => "is larger than ν₂, of which it is a part,",
            ValueKind.Contradicted or ValueKind.Outlived => "is said to come before the depth, and the moments go on,",
            ValueKind.NotNormalised => "contradicts the normalisation of the images",
            ValueKind.ZeroFactor => "is 0, although χ, of which it is a factor, is not,",
            ValueKind.NotComputed => "is not computed although the signal lives,",
            ValueKind.Possible or ValueKind.Extinct => throw new InvalidOperationException($"expected a finding, got {Kind}, which is none"),
            _ => throw new InvalidOperationException($"expected a kind of value, got {Kind}"),
        };
}
