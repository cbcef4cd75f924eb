using Wellbehaved.Audit;

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

    /// <summary>A defect of ours, which asks for a report.</summary>
    public const int Defect = 70;

    /// <summary>Interrupted by the user, as shells count it.</summary>
    public const int Interrupted = 130;

    /// <summary>The status of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="allowDeclined">Whether what the subject declined is no reason for concern.</param>
    /// <returns>0, 1 or 3.</returns>
    public static int From(VerificationRun run, bool allowDeclined) =>
        run.Verdict switch
        {
            Verdict.Holds => Success,
            Verdict.Rejected => Rejected,
            _ => allowDeclined && run.HoldsButForDeclined ? Success : Inconclusive,
        };
}
