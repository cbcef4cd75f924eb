namespace Wellbehaved.Audit;

/// <summary>The subject's answer to one case, claim by claim.</summary>
/// <param name="Case">The case.</param>
/// <param name="Given">Whether parameters were given.</param>
/// <param name="Found">Claims with their measurements: before the subject declined or failed, where it did.</param>
internal sealed record GeneratedAnswer(GeneratedCase Case, bool Given, IReadOnlyList<(string Claim, Measurement Measurement)> Found)
{
    /// <summary>Why the subject declined; null if it did not.</summary>
    public string? Declined { get; private init; }

    /// <summary>The failure between auditor and subject; null if there was none.</summary>
    public string? Failure { get; private init; }

    /// <summary>Asks the subject and judges its answer.</summary>
    public static GeneratedAnswer Ask(ISubject subject, GeneratedCase drawn, bool given, IReadOnlyCollection<string> wanted)
    {
        var found = new List<(string Claim, Measurement Measurement)>();
        try
        {
            GeneratedJudge.Judge(subject, drawn, given, wanted, found);
            return new(drawn, given, found);
        }
        catch (DeclinedException exception)
        {
            return new(drawn, given, found) { Declined = exception.Message };
        }
        catch (Exception exception) when (exception is AdapterException or SubjectException)
        {
            return new(drawn, given, found) { Failure = $"{exception.Message} ({drawn.Network.Layers.Count} layers, {drawn.Description})" };
        }
    }

    /// <summary>The measurements of a claim.</summary>
    public IEnumerable<Measurement> MeasurementsOf(string claim) => Found.Where(pair => pair.Claim == claim).Select(pair => pair.Measurement);

    /// <summary>Whether the answer refutes a claim.</summary>
    public bool Rejects(string claim) => MeasurementsOf(claim).Any(measurement => measurement.Verdict == Verdict.Rejected);
}
