using System.Text;
using Wellbehaved.Cli;

if (args is [OnnxWorker.Verb])
{
    return OnnxWorker.Run();
}

if (OperatingSystem.IsWindows())
{
    // Programs that read what is printed, such as the Python package, expect UTF-8; a console has the code page of its country.
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

Console.SetError(new UnfailingWriter(Console.Error));
int? status = null;
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
{
    // An exception in a separate thread reaches no caller. If the command has already ended, the exception is from a library's exit handler: the verdict
    // stands. Environment.Exit would then wait for itself, because the process is already ending.
    if (status is { } known)
    {
        ImmediateExit.With(known);
    }

    Environment.Exit(Failure.Report((Exception)unhandled.ExceptionObject, Console.Error));
};
using var termination = new Termination();
status = await Entry.RunAsync(args, termination);
return status.Value;
