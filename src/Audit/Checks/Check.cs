namespace Wellbehaved.Audit;

/// <summary>A check of one claim on one architecture.</summary>
public sealed record Check
{
    /// <summary>Says what is checked, and how.</summary>
    /// <param name="claimId">Id of the claim in the ledger.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="measure">Confronts a subject with what the claim says, quantity by quantity.</param>
    internal Check(string claimId, string architecture, Func<CheckContext, IEnumerable<Measurement>> measure) =>
        (ClaimId, Architecture, Measure) = (claimId, architecture, measure);

    /// <summary>Id of the claim in the ledger.</summary>
    public string ClaimId { get; }

    /// <summary>Name of the architecture.</summary>
    public string Architecture { get; }

    /// <summary>Confronts a subject with what the claim says, quantity by quantity.</summary>
    internal Func<CheckContext, IEnumerable<Measurement>> Measure { get; }

    /// <summary>Executes the check.</summary>
    /// <param name="context">The subject, and the error rates.</param>
    /// <returns>
    /// Rejected if any quantity is rejected; otherwise inconclusive if any quantity is inconclusive or there is none; declined if the subject leaves nothing to
    /// check; otherwise holds.
    /// </returns>
    /// <remarks>A crash inside the check is inconclusive: it says nothing about the claim, unless a quantity was rejected before it.</remarks>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal CheckOutcome Execute(CheckContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var measurements = new List<Measurement>();
        string? failure = null;
        var declined = new SortedSet<string>(StringComparer.Ordinal);
        var watched = new WatchedSubject(context.Subject);
        try
        {
            foreach (var measurement in Measure(context with { Subject = watched }))
            {
                measurements.Add(measurement);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not OutOfMemoryException)
        {
            // A subject that works on several threads wraps what it throws.
            var thrown = exception is AggregateException { InnerExceptions.Count: > 0 } several ? several.Flatten().InnerExceptions : [exception];
            if (thrown.All(one => one is DeclinedException))
            {
                declined.UnionWith(thrown.Select(one => ForeignText.OnOneLine(one.Message)));
            }
            else
            {
                var first = thrown.First(one => one is not DeclinedException);
                if (first is not SubjectException and not AdapterException && watched.NotFinite is { } where)
                {
                    // Laws have no answer to numbers that are none: the subject is at fault, and not the computation that failed on them.
                    measurements.Add(new($"what is shown at {where}", new Expected(0), new Observed(double.NaN), Verdict.Rejected) { Samples = 1 });
                }
                else
                {
                    failure = Words(first);
                }
            }
        }

        declined.UnionWith(context.Declined.Select(ForeignText.OnOneLine));
        if (declined.Count > 0)
        {
            measurements.RemoveAll(measurement => measurement.Samples == 0);
        }

        if (measurements.Count == 0 && failure is null)
        {
            failure = declined.Count > 0 ? $"declined: {string.Join(", ", declined)}" : "nothing was measured";
            return new CheckOutcome(this, declined.Count > 0 ? Verdict.Declined : Verdict.Inconclusive, measurements, failure) { Declined = [.. declined] };
        }

        var verdict =
            measurements.Any(measurement => measurement.Verdict == Verdict.Rejected) ? Verdict.Rejected
            : failure is null && measurements.All(measurement => measurement.Verdict == Verdict.Holds) ? Verdict.Holds
            : Verdict.Inconclusive;
        return new CheckOutcome(this, verdict, measurements, failure) { Declined = [.. declined] };
    }

    private static string Words(Exception failure) =>
        ForeignText.OnOneLine(
            failure switch
            {
                AdapterException => $"adapter: {failure.Message}",
                SubjectException => failure.Message,
                _ => $"{failure.GetType().Name}: {failure.Message}",
            }
        );
}

/// <summary>The outcome of a check.</summary>
public sealed record CheckOutcome
{
    internal CheckOutcome(Check check, Verdict verdict, IReadOnlyList<Measurement> measurements, string? failure) =>
        (Check, Verdict, Measurements, Failure) = (check, verdict, measurements, failure);

    /// <summary>The check.</summary>
    public Check Check { get; internal init; }

    /// <summary>Its verdict.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>The measurements that the verdict rests on.</summary>
    public IReadOnlyList<Measurement> Measurements { get; internal init; }

    /// <summary>Why nothing could be measured; null otherwise.</summary>
    public string? Failure { get; internal init; }

    /// <summary>What was left out because the subject does not offer it; the verdict speaks about the rest.</summary>
    public IReadOnlyList<string> Declined { get; internal init; } = [];

    /// <summary>
    /// The measurement that decided the verdict: among those with the worst verdict, the one that is least compatible with a true claim, by its bound of false
    /// alarms and then by its distance. Of several numbers that are none, it is one where a number was expected: there the mistake begins.
    /// </summary>
    public Measurement? Decisive =>
        Measurements
            .Where(measurement => measurement.Verdict == Verdict)
            .OrderBy(measurement => double.IsNaN(measurement.FalseAlarmBound) ? 0 : measurement.FalseAlarmBound)
            .ThenByDescending(measurement => double.IsNaN(measurement.Deviation) ? double.PositiveInfinity : Math.Abs(measurement.Deviation))
            .ThenBy(measurement => double.IsFinite(measurement.Predicted.Value) ? 0 : 1)
            .FirstOrDefault();

    /// <summary>The outcome in one line that names the claim.</summary>
    /// <returns>The line.</returns>
    public override string ToString()
    {
        var head = $"{Check.ClaimId} {Check.Architecture}: {Verdict.ToString().ToLowerInvariant()}";
        return Decisive is not { } decisive
            ? $"{head}: {Failure}"
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{head}: {MeasurementWords.Plain(decisive.Quantity)}: predicted {MeasurementWords.Predicted(decisive, 5)}, measured "
                    + $"{MeasurementWords.Measured(decisive)}, {Apart(decisive)}, n = "
                    + $"{decisive.Samples}{(MeasurementWords.Remark(decisive) is { } remark ? $" ({remark})" : "")}"
            );

        static string Apart(Measurement decisive) =>
            decisive.Effect is { } effect ? $"{effect} ({MeasurementWords.Apart(decisive)}{(decisive.IsAsymptotic ? ", asymptotic" : "")})"
            : decisive.IsDeterministic
                ? double.IsPositiveInfinity(decisive.Deviation) ? "where no difference is allowed"
                    : $"{MeasurementWords.Short(Math.Abs(decisive.Deviation))} tolerances apart"
            : $"{MeasurementWords.Short(Math.Abs(decisive.Deviation))} standard errors apart";
    }
}
