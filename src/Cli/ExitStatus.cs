namespace Wellbehaved.Cli;

/// <summary>Exit statuses of the command.</summary>
internal static class ExitStatus
{
    /// <summary>All that was checked holds, or the work is done.</summary>
    public const int Success = 0;

    /// <summary>Something was rejected.</summary>
    public const int Rejected = 1;

    /// <summary>The call or a file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The data decide neither way.</summary>
    public const int Inconclusive = 3;

    /// <summary>Interrupted by the user, as shells count it.</summary>
    public const int Interrupted = 130;
}
