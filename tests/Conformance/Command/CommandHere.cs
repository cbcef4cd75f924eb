using System.Text;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Runs the command in this process, behind the door through which a process enters it: start of a runtime and compilation, most of what a short command takes,
/// are spared.
/// </summary>
/// <remarks>A process has one console: what is written to it goes to the command in whose flow that happens, so that several run side by side.</remarks>
internal static class CommandHere
{
    private static readonly AsyncLocal<(TextWriter Output, TextWriter Error)?> Current = new();

    static CommandHere()
    {
        Console.SetOut(new Forwarding(Console.Out, taken => taken.Output));
        Console.SetError(new Forwarding(Console.Error, taken => taken.Error));
    }

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit status, and what it wrote to standard output and standard error.</returns>
    public static (int Status, string Output, string Error) Run(IReadOnlyList<string> arguments)
    {
        using StringWriter output = new(),
            error = new();
        var status = -1;
        var context = SynchronizationContext.Current;
        try
        {
            // What comes after an await would wait for the thread that waits for it.
            SynchronizationContext.SetSynchronizationContext(null);

            // What is set in here is forgotten afterwards.
            ExecutionContext.Run(
                ExecutionContext.Capture()!,
                _ =>
                {
                    Current.Value = (TextWriter.Synchronized(output), TextWriter.Synchronized(error));
                    Terminal.IsTaken.Value = true;
                    status = Entry.RunAsync(arguments).GetAwaiter().GetResult();
                },
                null
            );
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return (status, output.ToString(), error.ToString());
    }

    private sealed class Forwarding(TextWriter console, Func<(TextWriter Output, TextWriter Error), TextWriter> choose) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        private TextWriter Target => Current.Value is { } taken ? choose(taken) : console;

        public override void Write(char value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void Write(string? value) => Target.Write(value);

        public override void WriteLine() => Target.WriteLine();

        public override void WriteLine(string? value) => Target.WriteLine(value);

        public override void Flush() => Target.Flush();
    }
}
