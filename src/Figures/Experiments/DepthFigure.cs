using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Figures;

/// <summary>Moments by depth, as in the paper's figures 3 (plain nets), 4 (batch norm) and 5 (batch norm and skip connections).</summary>
public static class DepthFigure
{
    private const string Depth = "depth l";

    /// <summary>Draws one recording, or several of the same architecture for comparison.</summary>
    /// <param name="recordings">At least one.</param>
    /// <returns>The figure; panels whose moments are missing say so.</returns>
    public static Figure Of(IReadOnlyList<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        var architecture = recordings[0].Architecture;
        Panel[] panels = architecture.HasBatchNorm
            ? [Increments(recordings), Chi(recordings), Ranks(recordings), Normality(recordings)]
            : [Increments(recordings), Ranks(recordings)];
        return new Figure($"{architecture.Name}: signal and noise by depth", panels, 2);
    }

    /// <summary>δχ of a layer or unit and, with batch norm, its parts.</summary>
    private static Panel Increments(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        var architecture = recordings[0].Architecture;
        var unit = architecture.IsResidual ? "unit" : "layer";
        if (architecture.HasBatchNorm)
        {
            var (norm, relu) = (recordings[0].NumberOf(PlaceKind.BatchNorm), recordings[0].NumberOf(PlaceKind.Relu));
            panel.Add("δ_BN χ, through BN", recording => recording.GrowthOfChi(1, norm));

            // The author's package records the place behind the next convolution instead, which leaves χ as it is.
            panel.Add("δ_φ χ, through ReLU", recording => recording.GrowthOfChi(norm, relu) ?? recording.GrowthOfChi(norm, relu + 1));
        }

        panel.Add($"δχ of a {unit}", recording => recording.GrowthOfChi(1, recording.Last), recording => recording.Theory?.LogDeltaChi.Select(Math.Exp));
        return panel.Build("Growth of the normalised sensitivity", Depth, "δχ") with
        {
            References = architecture is { HasBatchNorm: true, IsResidual: false } ? [1, LargeBatchLimits.BatchNormIncrement] : [1],
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

        return panel.Build(residual ? "Normalised sensitivity: a power law" : "Normalised sensitivity: exponential", Depth, "χ");
    }

    private static Panel Ranks(IReadOnlyList<Recording> recordings)
    {
        var panel = new PanelBuilder(recordings);
        panel.Add("r_eff of the signal", recording => recording.Ranks("reff_signal"), recording => recording.Theory?.Moments.Select(moments => moments.ReffSignal));
        if (recordings[0].Architecture.HasBatchNorm)
        {
            panel.Add("r_eff of the noise", recording => recording.Ranks("reff_noise"));
        }

        return panel.Build("Directions of variance", Depth, "r_eff") with { References = [1] };
    }

    private static Panel Normality(IReadOnlyList<Recording> recordings)
    {
        var norm = recordings[0].NumberOf(PlaceKind.BatchNorm);
        var panel = new PanelBuilder(recordings);
        panel.Add("μ₄(z)", recording => recording.Find("mu4_signal", norm));
        panel.Add("ν₁(|z|)", recording => recording.Find("nu1_abs_signal", norm));
        return panel.Build("Behind batch norm; lines: Gaussian z", Depth, "μ₄(z), ν₁(|z|)") with { References = [3, Math.Sqrt(2 / Math.PI)] };
    }
}
