using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Figures;

/// <summary>Moments by depth, as in the paper's figures 3 (plain nets), 4 (batch norm) and 5 (batch norm and skip connections).</summary>
internal static class DepthFigure
{
    private const int MostNames = 3;
    private const string Depth = "depth *l*";

    /// <summary>Draws one recording, or several of the same architecture for comparison.</summary>
    /// <param name="recordings">At least one.</param>
    /// <returns>The figure; panels whose moments are missing say so.</returns>
    public static Figure Draw(IReadOnlyList<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        var architecture = recordings[0].Architecture;
        Panel[] panels = architecture.HasBatchNorm
            ? [Increments(recordings), Chi(recordings), Ranks(recordings), FourthMoment(recordings), AbsoluteMoment(recordings)]
            : [Increments(recordings), Ranks(recordings)];
        var titles = recordings.Select(recording => recording.Title).Distinct().ToArray();
        return new Figure(
            $"{(titles.Length == 1 ? titles[0] : $"{string.Join(", ", titles.Take(MostNames))}{(titles.Length > MostNames ? " and others" : "")}")}: "
                + "signal and noise by depth",
            panels,
            2
        )
        {
            Notes = [.. Provenance.Describe(recordings), .. Provenance.Bands(panels)],
        };
    }

    /// <summary>δχ of a layer or unit and, with batch norm, the parts that it is composed of.</summary>
    private static Panel Increments(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        var architecture = recordings[0].Architecture;
        var noGrowth = new Reference(1, "1: no growth");
        var unit = architecture.IsResidual ? "unit" : "layer";
        if (architecture.HasBatchNorm)
        {
            var (norm, relu) = (recordings[0].NumberOf(UnitPlaceKind.BatchNorm), recordings[0].NumberOf(UnitPlaceKind.Relu));
            panel.Add("δ_{BN}χ, through batch norm", recording => recording.GrowthOfChi(1, norm));

            // The author's package records the place after the next convolution instead, which does not change χ.
            panel.Add("δ_{φ}χ, through ReLU", recording => recording.GrowthOfChi(norm, relu) ?? recording.GrowthOfChi(norm, relu + 1));
        }

        panel.Add($"δχ of a {unit}", recording => recording.GrowthOfChi(1, recording.Last), recording => recording.Theory?.LogDeltaChi.Select(Math.Exp));
        return panel.Build("Growth of the normalised sensitivity", Depth, "δχ") with
        {
            References = architecture is { HasBatchNorm: true, IsResidual: false }
                ? [noGrowth, new(LargeBatchLimits.BatchNormIncrement, "δχ of wide nets and large batches: √(π/(π − 1))")]
                : [noGrowth],
        };
    }

    private static Panel Chi(IReadOnlyList<Recording> recordings)
    {
        var residual = recordings[0].Architecture.IsResidual;
        var panel = new PanelBuilder(recordings) { LogarithmicX = residual, LogarithmicY = true };
        panel.Add("χ", recording => recording.Log("chi", recording.Last), recording => recording.Theory?.LogChi);
        if (residual)
        {
            foreach (var (recording, i) in recordings.Select((recording, i) => (recording, i)))
            {
                panel.AddFit(recording, i);
            }
        }

        return panel.Build("Normalised sensitivity", Depth, "χ");
    }

    private static Panel Ranks(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        panel.Add(
            "*r*_{eff} of the signal",
            recording => recording.Ranks("reff_signal"),
            recording => recording.Theory?.Moments.Select(moments => moments.ReffSignal),
            recording => [recording.ArrayOfRanks("reff_signal")]
        );
        if (recordings[0].Architecture.HasBatchNorm)
        {
            panel.Add("*r*_{eff} of the noise", recording => recording.Ranks("reff_noise"), arrays: recording => [recording.ArrayOfRanks("reff_noise")]);
        }

        return panel.Build("Directions of variance", Depth, "*r*_{eff}") with
        {
            References = [new(1, "1: one direction")],
        };
    }

    private static Panel FourthMoment(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        panel.Add("μ₄(*z*)", recording => recording.Find("mu4_signal", recording.NumberOf(UnitPlaceKind.BatchNorm)));
        return panel.Build("Fourth moment after batch norm", Depth, "μ₄(*z*)") with { References = [new(3, "3: Gaussian *z*")] };
    }

    private static Panel AbsoluteMoment(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        panel.Add("ν₁(|*z*|)", recording => recording.Find("nu1_abs_signal", recording.NumberOf(UnitPlaceKind.BatchNorm)));
        return panel.Build("Mean modulus after batch norm", Depth, "ν₁(|*z*|)") with { References = [new(Math.Sqrt(2 / Math.PI), "√(2/π): Gaussian *z*")] };
    }
}
