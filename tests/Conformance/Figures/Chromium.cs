using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A browser without a window, which <c>.ci/run</c> installs; elsewhere tests that need it are reported as skipped.</summary>
internal static partial class Chromium
{
    private static readonly string? Found = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public static string? Missing => Found is null ? "Chromium was not found in /usr/bin" : null;

    /// <summary>What a reader of a page would stumble over, and the errors of the page.</summary>
    /// <param name="Width">Width that the page had, in pixels of CSS.</param>
    /// <param name="IsDark">Whether it was shown to a reader who prefers dark pages.</param>
    /// <param name="Texts">Pieces of text that were looked at.</param>
    /// <param name="Lines">Curves that were looked at.</param>
    /// <param name="Faults">Text that is cut, covered, too small or too faint; curves too faint; references that lead nowhere.</param>
    public sealed record Reading(int Width, bool IsDark, int Texts, int Lines, string[] Faults);

    /// <summary>Shows a page and looks at all that is written on it. A window cannot be made narrower than 500 pixels, so the page stands in a frame.</summary>
    /// <param name="page">The page, HTML.</param>
    /// <param name="width">Width of the frame in pixels.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    /// <param name="folder">A folder of the test.</param>
    public static Reading Read(string page, int width, bool dark, string folder)
    {
        var path = Path.Combine(folder, "frame.html");
        var look = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "look.js"));
        File.WriteAllText(
            path,
            "<!DOCTYPE html><html style=\"color-scheme: light dark\"><title>not read</title><body style=\"margin: 0\"><iframe style=\"border: 0; "
                + $"width: {width}px; height: 1000px\" srcdoc=\"{WebUtility.HtmlEncode(page)}\"></iframe><script>{look}\nonload = () => document.title "
                + "= JSON.stringify(look(document.querySelector('iframe')));</script></body></html>"
        );
        var outcome = CommandLine.Run(
            Found ?? throw new InvalidOperationException(Missing),
            [
                "--headless",
                "--no-sandbox",
                "--hide-scrollbars",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}",
                $"--user-data-dir={Path.Combine(folder, "profile")}",
                "--window-size=1300,1000",
                "--dump-dom",
                new Uri(path).AbsoluteUri,
            ]
        );
        if (outcome.Error.Contains("CONSOLE", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(outcome.Error);
        }

        var title = WebUtility.HtmlDecode(TitlePattern().Match(outcome.Output).Groups[1].Value);
        return title.StartsWith('{')
            ? JsonSerializer.Deserialize<Reading>(title, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException($"the page was not read: {title} {outcome.Error}");
    }

    [GeneratedRegex("<title>(.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex TitlePattern();
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = Chromium.Missing;
}
