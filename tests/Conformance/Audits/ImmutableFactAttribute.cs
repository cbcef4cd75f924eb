namespace Wellbehaved.Tests.Conformance;

/// <summary>A test of files that nobody can remove, which needs a system, a user and a file system with such files.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ImmutableFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Try);

    public ImmutableFactAttribute() => Skip = Missing.Value;

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs files that can be made immutable (chattr of Linux)";
        }

        var file = Path.GetTempFileName();
        try
        {
            return CommandLine.Run("chattr", ["+i", file]).ExitStatus == 0 && CommandLine.Run("chattr", ["-i", file]).ExitStatus == 0
                ? null
                : "needs root and a file system with immutable files";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "needs chattr";
        }
        finally
        {
            File.Delete(file);
        }
    }
}
