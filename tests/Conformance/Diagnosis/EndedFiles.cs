namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Result files, as other programs write them, of forty mappings of good health of which some end: the numbers stand as such programs compute them.
/// </summary>
internal static class EndedFiles
{
    private const int Mappings = 40;
    private static readonly long[] Depths = [10, 20, 40, 80, 120, 160];

    /// <summary>What the moments of an ended mapping are: ν₂, μ₂, χ and the effective rank.</summary>
    public delegate (double Nu2, double Mu2, double Chi, double Reff) Gone(int mapping);

    /// <summary>All activations are off: χ is none, as 0/0.</summary>
    public static Gone Dead => _ => (0, 0, double.NaN, -1);

    /// <summary>The noise is gone.</summary>
    public static Gone NoNoise => _ => (2, 1.5, 0, 9);

    /// <summary>All points are equal: χ is infinite, as noise over 0.</summary>
    public static Gone Unvarying => _ => (2, 0, double.PositiveInfinity, -1);

    /// <summary>χ has overflowed.</summary>
    public static Gone ChiOverflows => _ => (2, 1.5, double.PositiveInfinity, 9);

    /// <summary>The signal has overflowed.</summary>
    public static Gone SignalOverflows => _ => (double.PositiveInfinity, double.PositiveInfinity, 3, 9);

    /// <summary>A number is none although the signal lives.</summary>
    public static Gone NotANumber => _ => (2, 1.5, double.NaN, 9);

    /// <summary>Each ending in turn, but for that which leaves everything undecided.</summary>
    public static Gone Mixed =>
        mapping =>
            (mapping % 4) switch
            {
                0 => Dead(mapping),
                1 => NoNoise(mapping),
                2 => Unvarying(mapping),
                _ => ChiOverflows(mapping),
            };

    /// <summary>Every ending, in few mappings and in most.</summary>
    public static IReadOnlyList<(string Name, Func<ResultFile> File)> All { get; } =
    [
        .. new (string Name, Gone Gone)[]
        {
            ("dead-signal", Dead),
            ("extinct-noise", NoNoise),
            ("no-variance", Unvarying),
            ("chi-overflows", ChiOverflows),
            ("signal-overflows", SignalOverflows),
            ("not-a-number", NotANumber),
            ("mixed", Mixed),
        }.SelectMany(ending =>
            new (string, Func<ResultFile>)[] { ($"{ending.Name}-in-few", () => Few(ending.Gone)), ($"{ending.Name}-in-most", () => Write(ending.Gone, 37)) }
        ),
    ];

    /// <summary>A file in which four mappings end.</summary>
    public static ResultFile Few(Gone gone) => Write(gone, 4);

    /// <summary>A file in which some mappings end, each at depth 80 or later.</summary>
    public static ResultFile Write(Gone gone, int ended)
    {
        var rows = Enumerable
            .Range(0, Mappings)
            .Select(mapping =>
                Depths
                    .Select(
                        (depth, at) =>
                            mapping < ended && depth >= 80 + (40 * (mapping % 2))
                                ? gone(mapping)
                                : (2, 1.5 * (1 + Scatter(mapping, at)), Math.Pow(depth, 0.6) * (1 + Scatter(mapping, at)), 9 + Scatter(mapping, at))
                    )
                    .ToArray()
            )
            .ToArray();
        return MadeUpResultFile.Write(
            Depths,
            [
                ("nu2_signal_loc3", Column(moments => moments.Nu2)),
                ("mu2_signal_loc3", Column(moments => moments.Mu2)),
                ("chi_loc3", Column(moments => moments.Chi)),
                ("reff_signal_loc3", Column(moments => moments.Reff)),
            ]
        );

        double[][] Column(Func<(double Nu2, double Mu2, double Chi, double Reff), double> of) => [.. rows.Select(row => row.Select(of).ToArray())];
    }

    private static double Scatter(int mapping, int at) => 0.02 * Math.Sin((7 * mapping) + (3 * at));
}
