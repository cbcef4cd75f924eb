using System.Text.Json;

namespace Wellbehaved.Cli;

/// <summary>Names of options as users type them: with dashes, or with underscores as in the author's package.</summary>
internal static class OptionNames
{
    private const string Prefix = "--";

    /// <summary>Options whose name is not that of the parameter of a library that they set.</summary>
    private static readonly Dictionary<string, string> OfParameters = new()
    {
        ["architectures"] = "--architecture",
        ["claims"] = "--claim",
        ["input-shapes"] = "--input-shape",
        ["output"] = "--out",
        ["samples"] = "--finite-width",
    };

    /// <summary>The option that sets a parameter of a library.</summary>
    /// <param name="parameter">The name of a property or parameter in C#, or that of a key in a file.</param>
    public static string Spell(string parameter)
    {
        var name = JsonNamingPolicy.KebabCaseLower.ConvertName(parameter).Replace('_', '-');
        return OfParameters.GetValueOrDefault(name, Prefix + name);
    }

    /// <summary>The name of an option in an argument; null where the argument is not an option. The text after <c>=</c> or <c>:</c> is its value.</summary>
    public static string? Find(string argument) =>
        argument.Length > Prefix.Length && argument.StartsWith(Prefix, StringComparison.Ordinal) && argument.IndexOfAny(['=', ':']) is var end
            ? (end < 0 ? argument : argument[..end]).Replace('_', '-')
            : null;

    /// <summary>The arguments, with dashes instead of underscores in the names of known options.</summary>
    /// <param name="arguments">The arguments as they were typed; after <c>--</c> nothing is an option.</param>
    /// <param name="known">Names of the known options.</param>
    public static IReadOnlyList<string> Dashed(IReadOnlyList<string> arguments, IReadOnlySet<string> known)
    {
        var last = arguments.TakeWhile(argument => argument != Prefix).Count();
        return
        [
            .. arguments.Select((argument, i) => i < last && Find(argument) is { } name && known.Contains(name) ? name + argument[name.Length..] : argument),
        ];
    }
}
