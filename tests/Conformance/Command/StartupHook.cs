/// <summary>What the runtime calls in a command whose DOTNET_STARTUP_HOOKS names this assembly: an exit handler that throws, as a library's may.</summary>
internal static class StartupHook
{
    public static void Initialize() => AppDomain.CurrentDomain.ProcessExit += (_, _) => throw new IOException("an exit handler of a library");
}
