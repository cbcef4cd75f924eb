namespace Wellbehaved.Audit;

/// <summary>What a subject answered to one case, claim by claim.</summary>
/// <param name="Case">The case.</param>
/// <param name="Given">Whether parameters were given.</param>
/// <param name="Found">Claims with what was measured.</param>
internal sealed record GeneratedAnswer(GeneratedCase Case, bool Given, IReadOnlyList<(string Claim, Measurement Measurement)> Found)
{
    /// <summary>Why the subject declined; null if it did not.</summary>
    public string? Declined { get; private init; }

    /// <summary>What went wrong between auditor and subject; null if nothing did.</summary>
    public string? Failure { get; private init; }

    /// <summary>Asks and judges.</summary>
    public static GeneratedAnswer Ask(ISubject subject, GeneratedCase drawn, bool given, IReadOnlyCollection<string> wanted)
    {
        try
        {
            return new(drawn, given, GeneratedJudge.Judge(subject, drawn, given, wanted));
        }
        catch (DeclinedException exception)
        {
            return new(drawn, given, []) { Declined = exception.Message };
        }
        catch (Exception exception) when (exception is AdapterException or SubjectException)
        {
            return new(drawn, given, []) { Failure = $"{exception.Message} ({drawn.Network.Layers.Count} layers, {drawn.Description})" };
        }
    }

    /// <summary>What was measured of a claim.</summary>
    public IEnumerable<Measurement> MeasurementsOf(string claim) => Found.Where(pair => pair.Claim == claim).Select(pair => pair.Measurement);

    /// <summary>Whether it refutes a claim.</summary>
    public bool Rejects(string claim) => MeasurementsOf(claim).Any(measurement => measurement.Verdict == Verdict.Rejected);
}
