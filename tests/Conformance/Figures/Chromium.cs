namespace Wellbehaved.Tests.Conformance;

/// <summary>A browser without a window, which <c>.ci/run</c> installs; elsewhere tests that need it are reported as skipped.</summary>
internal static class Chromium
{
    private static readonly string? Found = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public static string? Missing => Found is null ? "Chromium was not found in /usr/bin" : null;

    /// <summary>Opens a page and prints its document after its scripts have run; errors of the page appear on standard error with the word CONSOLE.</summary>
    public static CommandLine.Outcome Dump(string path, int width, string profileFolder) => CommandLine.Run(
        Found ?? throw new InvalidOperationException(Missing),
        ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr", $"--user-data-dir={Path.Combine(profileFolder, "profile")}", $"--window-size={width},1000", "--dump-dom", new Uri(path).AbsoluteUri]);
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = Chromium.Missing;
}
