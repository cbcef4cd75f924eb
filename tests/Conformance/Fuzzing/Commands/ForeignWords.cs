namespace Wellbehaved.Tests.Conformance;

/// <summary>Words, names and numbers that others put where we read.</summary>
internal static class ForeignWords
{
    /// <summary>Names of arrays: of ours, of places elsewhere, of terminals' commands, of nothing.</summary>
    public static readonly string[] Names =
    [
        "chi_loc1", "chi_loc2", "chi_loc3", "chi_loc9", "log_chi_loc1", "mu2_signal_loc1", "nu2_signal_loc2", "log_nu2_signal_loc1", "reff_signal_loc1", "reff_noise_loc1", "depth",
        "configuration", "simulation", "missing_simulations", "shard", "dataset_checksum", "seed", "place", "../../chi_loc1", "/etc/passwd", "C:\\x", "", ".", "a/b/", "chi_loc1\u001b[2J",
        "\u202echi_loc1", "chi\nloc1", "chi_loc1\0", "\u2028", "chi_loc\u0661", "CHI_LOC1", "chi_loc1 ", "<img src=x>", "ν₂", "\ud83d\ude00", new string('n', 300),
    ];

    /// <summary>What stands in the place of a value in JSON.</summary>
    public static readonly string[] JsonValues =
    [
        "0", "1", "-1", "2", "3", "4", "7", "8", "64", "65536", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "18446744073709551615", "1e9", "1e999", "-1e999", "2.5", "1e-300", "-0", "00",
        "null", "true", "false", "\"\"", "\"bn_ff\"", "\"bn_res\"", "\"vanilla\"", "\"BN_FF\"", "\"vanilla_res\\u0000\"", "\"gaussian\"", "\"natural\"", "\"cifar10\"", "\"zero_padding\"", "\"symmetric\"",
        "\"none\"", "\"global\"", "\"/dev/zero.npy\"", "\"\\\\\\\\server\\\\share\\\\x.npy\"", "\"\\u202e\\u001b[31m\"", "\"\\ud800\"", "{}", "[]", "[1]", "{\"a\":{\"a\":{}}}", "NaN", "Infinity", "'x'", "\"" + "x\"",
    ];

    /// <summary>Numbers in arrays.</summary>
    public static readonly double[] Numbers =
    [
        0, -0.0, 1, -1, 0.5, 2.5, 1e-12, -1e-12, 1e12, 1e15, 1e16, 1e100, 1e154, 1e155, 1e-300, 5e-324, 1e308, -1e308, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        -744.4400719213812, 709.8, 1e-30, 3, 100, 2147483647, 9007199254740993,
    ];

    /// <summary>Types of elements.</summary>
    public static readonly string[] Types =
    [
        "<f8", ">f8", "<f4", ">f4", "<f2", "|u1", "|i1", "<i8", ">i8", "<i4", "<u2", "<u8", "|b1", "<U5", ">U2", "|S3", "<f16", ">f16", "<f12", "<c16", "<V2", "|V1", "|O", "<M8[ns]", "", "f8", "=f8", "<f99", "<U99999999",
        "<f8\u202e", "[('a', '<f8')]", "<F8", "float64",
    ];

    /// <summary>One of them.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
