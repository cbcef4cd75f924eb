using System.Collections.Immutable;
using System.Globalization;

namespace Wellbehaved.Experiments;

/// <summary>A column of the result files: one number of each set of moments.</summary>
/// <param name="Name">Name in the file, before the suffix of the place.</param>
/// <param name="Select">Selects the number from the moments; the second argument is μ₂(x⁰).</param>
/// <param name="MayOverflow">Whether the column is not a logarithm, so that it can exceed double precision in a deep network.</param>
internal sealed record MomentColumn(string Name, Func<MomentSet, double, double> Select, bool MayOverflow);

/// <summary>The columns of the result files.</summary>
internal static class MomentColumns
{
    /// <summary>The text before the number of a place in the name of an array.</summary>
    public const string OfPlace = "loc";

    /// <summary>The text before the number of the sum that follows the end of a branch, in the name of an array.</summary>
    public const string OfBranch = "branch";

    /// <summary>The end of the name of an array that holds a moment before the first repetition of a unit.</summary>
    public const string OfStem = "stem";

    /// <summary>Columns of the signal's effective rank.</summary>
    public const string ReffSignal = "reff_signal";

    /// <summary>Columns of the noise's effective rank.</summary>
    public const string ReffNoise = "reff_noise";

    /// <summary>Columns of the mean square of the gradient, for a gradient of independent normal numbers at the output.</summary>
    public const string Gradient = "gradient";

    /// <summary>Columns of the natural logarithm of that mean square.</summary>
    public const string LogGradient = "log_gradient";

    /// <summary>All columns of moments of signal and noise, in the order of the file.</summary>
    public static IReadOnlyList<MomentColumn> All { get; } =
    [
        new("nu1_abs_signal", (moments, _) => moments.Nu1AbsSignal, true),
        new("nu2_signal", (moments, _) => moments.Nu2Signal, true),
        new("mu2_signal", (moments, _) => moments.Mu2Signal, true),
        new("mu4_signal", (moments, _) => moments.Mu4Signal, true),
        new("mu2_noise", (moments, _) => moments.Mu2Noise, true),
        new(ReffSignal, (moments, _) => moments.ReffSignal, false),
        new(ReffNoise, (moments, _) => moments.ReffNoise, false),
        new("chi", (moments, input) => moments.Chi(input), true),
        new("log_nu2_signal", (moments, _) => moments.LogNu2Signal, false),
        new("log_mu2_signal", (moments, _) => moments.LogMu2Signal, false),
        new("log_mu2_noise", (moments, _) => moments.LogMu2Noise, false),
        new("log_chi", (moments, input) => moments.LogChi(input), false),
    ];

    /// <summary>The names of all moments, those of gradients among them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(column => column.Name), Gradient, LogGradient];

    /// <summary>Whether an array of a result file is a moment: at one place, at those of the stem, or, in the neutral layout, at all places.</summary>
    /// <param name="name">Name of the array.</param>
    public static bool IsMoment(string name) => IsPart(name) || IsOfAllPlaces(name);

    /// <summary>The end of the name of an array of a moment at one place.</summary>
    public static string SuffixOf(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");

    /// <summary>Whether an array holds a moment at some of the places of a repeated unit, or at those before it.</summary>
    public static bool IsPart(string name) =>
        IsAtPlace(name)
        || (NumberAfter(name, OfBranch) is not null && IsOfAllPlaces(name[..name.LastIndexOf($"_{OfBranch}", StringComparison.Ordinal)]))
        || (name.EndsWith($"_{OfStem}", StringComparison.Ordinal) && IsOfAllPlaces(name[..^(OfStem.Length + 1)]));

    /// <summary>Whether an array belongs to the author's layout: a moment at a single place, whose number ends the array's name.</summary>
    public static bool IsAtPlace(string name) => PlaceOf(name) is not null;

    /// <summary>Whether an array belongs to the neutral layout: a moment at all places.</summary>
    public static bool IsOfAllPlaces(string name) => Names.Contains(name);

    /// <summary>The number of the place at the end of an array's name; null if the name does not end in one.</summary>
    public static int? PlaceOf(string name) => NumberAfter(name, OfPlace);

    /// <summary>Columns that do not exist where there is a single point, since nothing varies over one point.</summary>
    public static ImmutableArray<string> NeedVariance { get; } = ["chi", "log_chi", "log_mu2_signal"];

    private static int? NumberAfter(string name, string kind) =>
        name.LastIndexOf($"_{kind}", StringComparison.Ordinal) is > 0 and var at
        && int.TryParse(name.AsSpan(at + kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
