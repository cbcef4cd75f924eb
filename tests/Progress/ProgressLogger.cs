using System.Diagnostics;
using System.Globalization;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;

namespace Wellbehaved.Progress;

/// <summary>Says every few seconds how far a project's tests are, and at the end which were skipped and why: <c>dotnet test</c> alone says neither.</summary>
[FriendlyName("progress")]
[ExtensionUri("logger://wellbehaved/progress")]
public sealed class ProgressLogger : ITestLoggerWithParameters, IDisposable
{
    /// <summary>Short enough that nobody wonders, long enough that the log of a run stays a page.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Stopwatch _time = new();
    private readonly Dictionary<string, List<string>> _skipped = [];
    private string _project = "tests";
    private int _passed;
    private int _failed;
    private Timer? _timer;

    /// <inheritdoc/>
    public void Initialize(TestLoggerEvents events, Dictionary<string, string?> parameters) => Initialize(events, string.Empty);

    /// <inheritdoc/>
    public void Initialize(TestLoggerEvents events, string testRunDirectory)
    {
        ArgumentNullException.ThrowIfNull(events);
        _time.Start();
        _timer = new Timer(_ => Say(), null, Interval, Interval);
        events.TestRunStart += (_, start) =>
        {
            if (start.TestRunCriteria.Sources?.FirstOrDefault() is { } source)
            {
                _project = NameOf(source);
            }

            Say();
        };
        events.TestResult += (_, result) => Count(result.Result);
        events.TestRunComplete += (_, _) => Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private static string NameOf(string source) =>
        Path.GetFileNameWithoutExtension(source) is var name && name.LastIndexOf('.') is var dot and >= 0 ? name[(dot + 1)..] : name;

    private void Count(TestResult result)
    {
        lock (_lock)
        {
            switch (result.Outcome)
            {
                case TestOutcome.Passed:
                    _passed++;
                    break;
                case TestOutcome.Failed:
                    _failed++;
                    break;
                default:
                    var reason = result.ErrorMessage ?? string.Join(' ', result.Messages.Select(message => message.Text?.Trim()));
                    if (!_skipped.TryGetValue(reason, out var tests))
                    {
                        _skipped[reason] = tests = [];
                    }

                    tests.Add(result.TestCase.DisplayName);
                    break;
            }
        }
    }

    private void Finish()
    {
        Dispose();
        Say();
        foreach (var (reason, tests) in _skipped.OrderByDescending(pair => pair.Value.Count))
        {
            var others = tests.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {tests.Count - 1} more") : string.Empty;
            Console.WriteLine($"{_project}: skipped, {(reason.Length > 0 ? reason : "no reason given")}: {tests[0]}{others}");
        }
    }

    private void Say()
    {
        lock (_lock)
        {
            var elapsed = _time.Elapsed;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_project}: {_passed} passed, {_failed} failed, {_skipped.Values.Sum(tests => tests.Count)} skipped after "
                        + $"{(int)elapsed.TotalMinutes} min {elapsed.Seconds:00} s"
                )
            );
        }
    }
}
