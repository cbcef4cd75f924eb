namespace Wellbehaved.Tests.Conformance;

/// <summary>A test that makes devices of its own, since a defect would replace those of the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Try);

    public DeviceFactAttribute() => Skip = Missing.Value;

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs the devices of Linux";
        }

        var folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        try
        {
            return CommandLine.Run("sh", ["-c", $"mknod '{folder}/null' c 1 3 && : > '{folder}/null'"]).ExitStatus == 0
                ? null
                : "needs root and a file system with devices";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
