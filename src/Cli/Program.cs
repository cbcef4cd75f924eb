using Wellbehaved.Cli;

if (args is [OnnxWorker.Verb])
{
    return OnnxWorker.Run();
}

int? status = null;
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
{
    // What a thread of its own throws reaches no caller. When the command has ended, a library's exit handler has thrown: the verdict stands, and asking
    // a process that is ending to end would wait for itself.
    if (status is { } known)
    {
        ImmediateExit.With(known);
    }

    Environment.Exit(Failure.Report((Exception)unhandled.ExceptionObject, Console.Error));
};
status = await Entry.RunAsync(args);
return status.Value;
