using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a subject shows of a small network with given weights. It is asked again after a rejection, to see which cause gives its numbers.</summary>
/// <param name="Case">What it was given.</param>
/// <param name="Trace">What it showed.</param>
/// <param name="Moments">The moments that it reports, in the order of the snapshots; empty if it reports none.</param>
internal sealed record GivenAnswer(GivenCase Case, Trace Trace, IReadOnlyList<ReportedMoments> Moments)
{
    /// <summary>The ε that is asked for: large enough to show its place in the formula.</summary>
    private const double Epsilon = 0.1;

    private static readonly double[] Scales = [1e7, 1e-7];

    /// <summary>What the subject shows of a signal that is zero everywhere; null if it was not asked.</summary>
    public Trace? OfZeroSignal { get; init; }

    /// <summary>Asks for each case that the subject offers.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The answers, without those that the subject failed to give.</returns>
    public static IReadOnlyList<GivenAnswer> Ask(CheckContext context, Architecture architecture)
    {
        var answers = new List<GivenAnswer>();
        var sparse = GivenCase
            .Sparse(context, architecture, Epsilon, zeroWillDo: true)
            .Where(given => given.Network.KernelSize == WinogradRounding.Size)
            .Take(1);
        foreach (var given in GivenCase.All(context, architecture, Epsilon, zeroWillDo: true).Concat(sparse))
        {
            if (Attempt.Or(() => Ask(context.Subject, given), null) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return WithZeroSignal(context, answers);
    }

    /// <summary>Asks for the first case at input scales at which moments leave the range of single precision, if these moments are reported.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="answers">What it showed.</param>
    public static IReadOnlyList<GivenAnswer> AskScaled(CheckContext context, IReadOnlyList<GivenAnswer> answers) =>
        answers is [{ Moments.Count: > 0, Case: var given }, ..]
            ?
            [
                .. Scales
                    .Select(scale =>
                        Attempt.Or(
                            () =>
                                Ask(
                                    context.Subject,
                                    given with
                                    {
                                        Input = given.Input with { Signal = Times(given.Input.Signal, scale), Noise = Times(given.Input.Noise, 1 / scale) },
                                    }
                                ),
                            null
                        )
                    )
                    .OfType<GivenAnswer>(),
            ]
            : [];

    /// <summary>The answers; the first one with what the subject shows of a zero signal.</summary>
    private static List<GivenAnswer> WithZeroSignal(CheckContext context, List<GivenAnswer> answers)
    {
        if (answers.Count > 0 && answers[0].Case is var first && (first.Network.Epsilon > 0 || !first.Network.Architecture.HasBatchNorm))
        {
            var dark = first with { Input = first.Input with { Signal = new double[first.Input.Signal.Length] } };
            answers[0] = answers[0] with { OfZeroSignal = Attempt.Or(() => dark.Trace(context.Subject), null) };
        }

        return answers;
    }

    private static double[] Times(double[] values, double factor) => Array.ConvertAll(values, value => (double)(float)(factor * value));

    private static GivenAnswer Ask(ISubject subject, GivenCase given)
    {
        var (moments, reports) = (new List<ReportedMoments>(), subject.Description.Moments.Length > 0);
        var trace = given.Trace(subject, reports ? snapshot => moments.AddRange(Attempt.Or<ReportedMoments[]>(() => [snapshot.Moments()], [])) : null);
        return new GivenAnswer(given, trace, moments.Count == trace.Snapshots.Count() ? moments : []);
    }
}
