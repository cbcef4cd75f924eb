using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How the two observables of the post change along the depth of one simulated mapping.</summary>
/// <remarks>
/// Multiplying the depth tells laws of growth apart without a fitted constant. From a quarter of the depth to all of it, the distance
/// of the effective rank to 1 is divided by 16 where it decays as 1/l² (vanilla nets, law R1) and by 1 where it does not decay. Measured at
/// width 512, depth 200 (64 mappings each), the logarithm of the ratio is -2.7 ± 0.8 without batch norm and 0.04 ± 0.10 in <c>bn_res</c>: the
/// mark ln ½ leaves 2.6 and 7 standard deviations. From half of the depth to all of it, ln χ grows as much as in the first half if
/// χ is exponential, and by a share of ln 2/ln(L/2l₁) of that if χ is a power, l₁ being the first computed depth: 0.30 for L = 200, l₁ = 10.
/// Measured: 1.115 ± 0.010 in <c>bn_ff</c>, 0.317 ± 0.013 in <c>bn_res</c>; the mark ½ leaves more than ten on either side.
/// </remarks>
/// <param name="ReffAtQuarter">Effective rank of the signal at a quarter of the depth.</param>
/// <param name="ReffAtEnd">Effective rank of the signal at full depth.</param>
/// <param name="LogChiAtStart">ln χ at the first computed depth.</param>
/// <param name="LogChiAtHalf">ln χ at half depth.</param>
/// <param name="LogChiAtEnd">ln χ at full depth.</param>
public readonly record struct Behaviour(double ReffAtQuarter, double ReffAtEnd, double LogChiAtStart, double LogChiAtHalf, double LogChiAtEnd)
{
    /// <summary>Whether the number of directions of variance tends to 1: its distance to 1 at least halves from a quarter of the depth on.</summary>
    public bool SignalCollapses => ReffAtEnd - 1 <= 0.5 * (ReffAtQuarter - 1);

    /// <summary>Whether SNR^l/SNR^0 = 1/χ² decays exponentially: ln χ grows in the second half at least half as much as in the first.</summary>
    public bool SnrDecaysExponentially => LogChiAtEnd > LogChiAtHalf && LogChiAtEnd - LogChiAtHalf >= 0.5 * (LogChiAtHalf - LogChiAtStart);

    /// <summary>Reads the behaviour of each simulation from an experiment's result.</summary>
    /// <param name="result">A result with effective ranks of the signal and a number of computed depths that four divides.</param>
    /// <returns>One behaviour for each simulation that stayed alive.</returns>
    /// <exception cref="ArgumentException">The result lacks what is needed.</exception>
    public static IReadOnlyList<Behaviour> Of(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var depths = result.Depths.Count;
        if (!result.Options.ReffSignal || depths % 4 != 0 || result.Settings.FeatureShape.Points == 1)
        {
            throw new ArgumentException("expected effective ranks of the signal at a number of depths that four divides, over more than one point", nameof(result));
        }

        var reff = result.Select(result.ReluPlace, (moments, _) => moments.ReffSignal);
        var chi = result.Select(result.LastPlace, (moments, input) => moments.LogChi(input));
        return [.. Enumerable.Range(0, result.Simulations.Count)
            .Where(simulation => result.Simulations[simulation].DiedAtDepth is null)
            .Select(simulation => new Behaviour(
                reff[simulation][(depths / 4) - 1],
                reff[simulation][depths - 1],
                chi[simulation][0],
                chi[simulation][(depths / 2) - 1],
                chi[simulation][depths - 1]))];
    }
}
