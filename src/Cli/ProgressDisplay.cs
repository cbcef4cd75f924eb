using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Wellbehaved.Cli;

/// <summary>Shows progress on standard error: a bar on a terminal, occasional lines otherwise, with the time left as soon as it is known.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(10);

    /// <summary>Does the work and shows its progress.</summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="title">What is being done.</param>
    /// <param name="steps">Number of steps in all.</param>
    /// <param name="work">Takes the callback to call after each step, from any thread.</param>
    /// <returns>What the work yields.</returns>
    public static T Show<T>(string title, long steps, Func<Action, T> work) => Show(title, steps, (Action<long> advance) => work(() => advance(1)));

    /// <summary>Does work whose steps differ in size, and shows its progress.</summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="title">What is being done.</param>
    /// <param name="steps">Amount of work in all.</param>
    /// <param name="work">Takes the callback to call with the amount just done, from any thread.</param>
    /// <returns>What the work yields.</returns>
    public static T Show<T>(string title, long steps, Func<Action<long>, T> work)
    {
        var done = 0L;
        var task = Task.Run(() => work(amount => Interlocked.Add(ref done, amount)));
        if (Terminal.IsErrorRedirected)
        {
            ShowLines(title, steps, task, () => Interlocked.Read(ref done));
        }
        else
        {
            ShowBar(title, steps, task, () => Interlocked.Read(ref done));
        }

        return task.GetAwaiter().GetResult();
    }

    private static void ShowBar(string title, long steps, Task task, Func<long> done)
    {
        var (watch, estimate, left) = (Stopwatch.StartNew(), new TimeLeft(), (TimeSpan?)null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console
            .Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TimeLeftColumn(() => left))
            .Start(context =>
            {
                var bar = context.AddTask(Markup.Escape(title), maxValue: steps);
                while (!Finished(task, Refresh))
                {
                    bar.Value = done();
                    left = estimate.After(watch.Elapsed, done() / (double)steps);
                }
            });
    }

    /// <summary>Prints a line after ten seconds, then at growing intervals, so that a long run prints few lines.</summary>
    private static void ShowLines(string title, long steps, Task task, Func<long> done)
    {
        var watch = Stopwatch.StartNew();
        var estimate = new TimeLeft();
        var next = FirstLine;
        while (!Finished(task, Refresh))
        {
            var (elapsed, share) = (watch.Elapsed, done() / (double)steps);
            var left = estimate.After(elapsed, share);
            if (elapsed < next)
            {
                continue;
            }

            Console.Error.WriteLine($"{title}: {share:P0}{(left is { } known ? $", time left {Spell(known)}" : "")}");
            next = elapsed + Max(FirstLine, elapsed * 0.5);
        }
    }

    private static string Spell(TimeSpan left) => $"{(int)left.TotalHours}:{left:mm\\:ss}";

    private static TimeSpan Max(TimeSpan x, TimeSpan y) => x > y ? x : y;

    private sealed class TimeLeftColumn(Func<TimeSpan?> left) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(left() is { } known ? $"{Spell(known)} left" : string.Empty, Color.Blue);
    }

    /// <summary>Waits a moment, and says whether the work has finished. Its failures are thrown later, where its result is read.</summary>
    private static bool Finished(Task task, TimeSpan moment) => Task.WhenAny(task, Task.Delay(moment)).GetAwaiter().GetResult() == task;
}
