using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What one simulated mapping does between half of its depth and all of it.</summary>
/// <remarks>
/// Doubling the depth tells laws of growth apart without a fitted constant. The distance of the effective rank to 1 is divided
/// by four where it decays as 1/l² (vanilla nets, law R1) and stays where it does not decay. The logarithm of χ grows in the second half
/// as much as in the first if χ is exponential, and by a ratio of about ln 2/ln(L/2), 0.15 at depth 200, if χ is a power.
/// The half-way mark ½ lies well between in both cases, which is all that a sign test over simulations needs.
/// </remarks>
/// <param name="ReffAtHalf">Effective rank of the signal at half depth.</param>
/// <param name="ReffAtEnd">Effective rank of the signal at full depth.</param>
/// <param name="LogChiAtStart">ln χ at the first computed depth.</param>
/// <param name="LogChiAtHalf">ln χ at half depth.</param>
/// <param name="LogChiAtEnd">ln χ at full depth.</param>
public readonly record struct Behaviour(double ReffAtHalf, double ReffAtEnd, double LogChiAtStart, double LogChiAtHalf, double LogChiAtEnd)
{
    /// <summary>Whether the number of directions of variance tends to 1: its distance to 1 at least halves when the depth doubles.</summary>
    public bool SignalCollapses => ReffAtEnd - 1 <= 0.5 * (ReffAtHalf - 1);

    /// <summary>Whether SNR^l/SNR^0 = 1/χ² decays exponentially: ln χ grows in the second half at least half as much as in the first.</summary>
    public bool SnrDecaysExponentially => LogChiAtEnd > LogChiAtHalf && LogChiAtEnd - LogChiAtHalf >= 0.5 * (LogChiAtHalf - LogChiAtStart);

    /// <summary>Reads the behaviour of each simulation from an experiment's result.</summary>
    /// <param name="result">A result with effective ranks of the signal and an even number of at least four computed depths.</param>
    /// <returns>One behaviour for each simulation that stayed alive.</returns>
    /// <exception cref="ArgumentException">The result lacks what is needed.</exception>
    public static IReadOnlyList<Behaviour> Of(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var depths = result.Depths.Count;
        if (!result.Options.ReffSignal || depths < 4 || depths % 2 != 0 || result.Settings.FeatureShape.Points == 1)
        {
            throw new ArgumentException("expected effective ranks of the signal at an even number of at least four depths, over more than one point", nameof(result));
        }

        var reff = result.Select(result.ReluPlace, (moments, _) => moments.ReffSignal);
        var chi = result.Select(result.LastPlace, (moments, input) => moments.LogChi(input));
        return [.. Enumerable.Range(0, result.Simulations.Count)
            .Where(simulation => result.Simulations[simulation].DiedAtDepth is null)
            .Select(simulation => new Behaviour(
                reff[simulation][(depths / 2) - 1],
                reff[simulation][depths - 1],
                chi[simulation][0],
                chi[simulation][(depths / 2) - 1],
                chi[simulation][depths - 1]))];
    }
}
