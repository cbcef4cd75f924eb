namespace Wellbehaved.Experiments;

/// <summary>What messages of campaigns call the parameters that say what is to become of files of an earlier run.</summary>
internal static class CampaignParameters
{
    /// <summary>The result file.</summary>
    public static string Output => ParameterName.Spell("output");

    /// <summary>Whether to continue with what an earlier run finished.</summary>
    public static string Resume => ParameterName.Spell("resume");

    /// <summary>Whether to discard what an earlier run finished.</summary>
    public static string Overwrite => ParameterName.Spell("overwrite");

    /// <summary>Whether to join files without knowing that they are of one experiment.</summary>
    public static string Trust => ParameterName.Spell("trust");
}
