using Wellbehaved.Cli;

if (args is [OnnxWorker.Verb])
{
    return OnnxWorker.Run();
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
