using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Exit statuses of the command.</summary>
internal static class ExitStatus
{
    /// <summary>All that was checked holds, or the command has done its work.</summary>
    public const int Success = 0;

    /// <summary>Something was rejected.</summary>
    public const int Rejected = 1;

    /// <summary>The call or a file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Nothing was rejected, and not all that was asked could be judged.</summary>
    public const int Inconclusive = 3;

    /// <summary>The program has a defect, which should be reported.</summary>
    public const int Defect = 70;

    /// <summary>The user interrupted the command; the number is the one that shells use.</summary>
    public const int Interrupted = 130;

    /// <summary>The status of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="allowDeclined">Whether declined checks leave the status at 0.</param>
    /// <returns>0, 1 or 3.</returns>
    public static int From(VerificationRun run, bool allowDeclined) =>
        run.Verdict switch
        {
            Verdict.Holds => Success,
            Verdict.Rejected => Rejected,
            _ => allowDeclined && run.HoldsButForDeclined ? Success : Inconclusive,
        };
}
