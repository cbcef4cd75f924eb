using Wellbehaved.Cli;

// What a thread of its own throws reaches no caller.
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Environment.Exit(Failure.Report((Exception)unhandled.ExceptionObject, Console.Error));
return await Entry.RunAsync(args);
