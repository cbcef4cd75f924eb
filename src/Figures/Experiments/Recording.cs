using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Figures;

/// <summary>A result file to be drawn, of this program or of the author.</summary>
/// <param name="Name">Its name in legends.</param>
/// <param name="File">Its content.</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Width">Channels N; null if unknown.</param>
/// <param name="Theory">The prediction for the same network; null if there is none.</param>
internal sealed record Recording(string Name, ResultFile File, Architecture Architecture, int? Width, Prediction? Theory)
{
    /// <summary>
    /// Its title in a figure, as <see cref="Markup"/>: the name of the network in the file, or else the name of the file; never the name of an architecture
    /// that was only guessed.
    /// </summary>
    public string Title => Markup.Escape(File.NetworkName is { } name && !string.IsNullOrWhiteSpace(name) ? ForeignText.OnOneLine(name) : Name);

    /// <summary>Computed depths.</summary>
    public IReadOnlyList<double> Depths { get; } = [.. File.Depth.Select(depth => (double)depth)];

    /// <summary>The last place of a unit.</summary>
    public int Last => Architecture.Places[^1].Number;

    /// <summary>Number of the first place of a kind.</summary>
    /// <param name="kind">The kind of operation before the place.</param>
    /// <returns>The number.</returns>
    public int NumberOf(UnitPlaceKind kind) => Architecture.Places.First(place => place.Kind == kind).Number;

    /// <summary>A moment at a place.</summary>
    /// <param name="moment">Name without suffix.</param>
    /// <param name="place">Number of the place.</param>
    /// <returns>Rows (simulations × depths), NaN where a simulation has ended; null if the file does not hold it.</returns>
    public IReadOnlyList<double[]>? Find(string moment, int place) =>
        File.Find($"{moment}_loc{place}") is not { } rows ? null
        : File.Ends.Any(end => end.HasEnded)
            ? [.. rows.Select((row, i) => row.Select((value, j) => File.Ends[i].IsAliveAt(File.Depth[j]) ? value : double.NaN).ToArray())]
        : rows;

    /// <summary>Natural logarithms of a moment, as the file holds them or computed from the moment.</summary>
    /// <param name="moment">Name without suffix.</param>
    /// <param name="place">Number of the place.</param>
    /// <returns>Rows (simulations × depths), not finite where the moment is zero; null if the file holds neither.</returns>
    public IReadOnlyList<double[]>? Log(string moment, int place) =>
        Find($"log_{moment}", place)?.Select(row => row.Select(value => MomentSet.IsLogOfZero(value) ? double.NaN : value).ToArray()).ToArray()
        ?? Find(moment, place)?.Select(row => row.Select(value => Math.Log(value)).ToArray()).ToArray();

    /// <summary>The name of the array with the effective ranks that figures show.</summary>
    /// <param name="moment"><c>reff_signal</c> or <c>reff_noise</c>.</param>
    /// <returns>Its name.</returns>
    internal string ArrayOfRanks(string moment) => $"{moment}_loc{NumberOf(UnitPlaceKind.Relu)}";

    /// <summary>Effective ranks; NaN where they were not computed.</summary>
    /// <param name="moment"><c>reff_signal</c> or <c>reff_noise</c>.</param>
    /// <returns>Rows (simulations × depths); null if the file does not hold them, or none was computed.</returns>
    public IReadOnlyList<double[]>? Ranks(string moment) =>
        File.Find(ArrayOfRanks(moment))?.All(row => Array.TrueForAll(row, value => value == EffectiveRank.NotComputed)) == true
            ? null
            : Find(moment, NumberOf(UnitPlaceKind.Relu))?.Select(row => row.Select(value => value < 1 ? double.NaN : value).ToArray()).ToArray();

    /// <summary>The factor by which χ grows from one place to another of the same unit.</summary>
    /// <param name="from">The first place.</param>
    /// <param name="to">The second.</param>
    /// <returns>Rows (simulations × depths); null if χ is missing at one of them.</returns>
    public IReadOnlyList<double[]>? GrowthOfChi(int from, int to) =>
        (Log("chi", from), Log("chi", to)) is ({ } before, { } after) ? [.. before.Zip(after, (x, y) => x.Zip(y, (a, b) => Math.Exp(b - a)).ToArray())] : null;

    /// <summary>
    /// Guesses the architecture of a file that does not state it: from its places, and from where effective ranks and the unit variance of batch norm are
    /// found.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <returns>Name of the architecture; null if it cannot be guessed.</returns>
    public static string? Guess(ResultFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.LastPlace switch
        {
            3 => "vanilla",
            4 when HasRanks(4) || HasUnitVariance(3) => "bn_ff",
            4 when HasRanks(2) => "vanilla_res",
            5 => "bn_res",
            _ => null,
        };

        bool HasRanks(int place) => file.Find($"reff_signal_loc{place}")?.Any(row => row.Any(value => value >= 1)) == true;

        bool HasUnitVariance(int place) => file.Find($"mu2_signal_loc{place}")?.All(row => row.All(value => value is > 0.5 and < 1.001)) == true;
    }
}
