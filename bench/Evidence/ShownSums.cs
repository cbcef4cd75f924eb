using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>Wrong sums of skip connection and branch. Only the sums are shown wrongly; what the next unit reads stays right.</summary>
internal static class ShownSums
{
    /// <summary>
    /// Adds to each sum the multiple <c>d/(2ν₂)</c> of its skip connection: <c>2⟨skip · branch⟩</c> grows by d exactly, ν₂ of the branch by
    /// <c>d²/(4ν₂)</c> and a term of mean 0.
    /// </summary>
    /// <param name="amount">d.</param>
    public static DialledSubject Crossed(double amount) => WithMoreSkip(before => amount / (2 * WrittenOutLayers.MeanSquare(before.Signal)), _ => true);

    /// <summary>
    /// Adds half of d times the skip connection to the first sum: <c>2⟨skip · branch⟩/ν₂(skip)</c> grows by d exactly, ν₂ of the branch by
    /// <c>d²/4</c> of ν₂ of the skip and a term of mean 0.
    /// </summary>
    /// <param name="amount">d.</param>
    public static DialledSubject CrossedInTheFirstUnit(double amount) => WithMoreSkip(_ => amount / 2, depth => depth == 1);

    /// <summary>Multiplies ν₂ of all sums but the first by 1 + d, and with it the growth of each of those units.</summary>
    /// <param name="amount">d.</param>
    public static DialledSubject LargerInLaterUnits(double amount) =>
        new()
        {
            Show = _ =>
                snapshot =>
                    snapshot.Place.Kind != UnitPlaceKind.Addition || snapshot.Depth == 1
                        ? snapshot
                        : snapshot with
                        {
                            Signal = [.. snapshot.Signal.Select(value => Math.Sqrt(1 + amount) * value)],
                        },
        };

    private static DialledSubject WithMoreSkip(Func<Snapshot, double> share, Func<int, bool> isWrong) =>
        new()
        {
            Show = _ =>
            {
                Snapshot? before = null;
                return snapshot =>
                {
                    before = snapshot.Place.Kind == UnitPlaceKind.Before ? snapshot : before;
                    if (snapshot.Place.Kind != UnitPlaceKind.Addition || before is null || !isWrong(snapshot.Depth))
                    {
                        return snapshot;
                    }

                    var factor = share(before);
                    return snapshot with { Signal = [.. snapshot.Signal.Zip(before.Signal, (sum, skip) => sum + (factor * skip))] };
                };
            },
        };
}
