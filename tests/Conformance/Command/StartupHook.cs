/// <summary>What the runtime calls in a command whose DOTNET_STARTUP_HOOKS names this assembly: an exit handler that throws, as a library's may.</summary>
internal static class StartupHook
{
    /// <summary>What the handler says before it throws.</summary>
    public const string Words = "an exit handler of a library throws";

    public static void Initialize() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Console.Error.WriteLine(Words);
            throw new IOException(Words);
        };
}
