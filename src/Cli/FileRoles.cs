using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Wellbehaved.Cli;

/// <summary>
/// Knows which options and arguments of all commands name files, and refuses, before any work, an output that is an input or another output.
/// </summary>
/// <remarks>
/// Links are followed on both sides, and names of one file are recognised by its number: what counts is the file that would be replaced. A device or a pipe
/// loses nothing that is written into it, and may take several outputs.
/// </remarks>
internal static class FileRoles
{
    /// <summary>The greatest number of files of an input's folder that are compared; data sets have a dozen.</summary>
    private const int MostInFolder = 100_000;

    private static readonly ConditionalWeakTable<Symbol, object> Roles = [];

    private static readonly EnumerationOptions AllBelow = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        MaxRecursionDepth = 3,
        AttributesToSkip = FileAttributes.None,
    };

    /// <summary>Says what a command does with the file that an option or an argument names.</summary>
    /// <typeparam name="T">The kind of the option or argument.</typeparam>
    /// <param name="symbol">The option or argument.</param>
    /// <param name="role">What is done with the file.</param>
    /// <returns>The same option or argument.</returns>
    public static T Taking<T>(this T symbol, FileRole role)
        where T : Symbol
    {
        Roles.AddOrUpdate(symbol, role);
        return symbol;
    }

    /// <summary>What a command does with the file that an option or an argument names; null where it names none.</summary>
    public static FileRole? Find(Symbol symbol) => Roles.TryGetValue(symbol, out var role) ? (FileRole)role : null;

    /// <summary>Refuses an output that is one of the inputs or another output.</summary>
    /// <param name="parsed">The call.</param>
    /// <exception cref="InvalidInputException">An output is an input or another output, possibly under another name.</exception>
    public static void RequireApart(ParseResult parsed)
    {
        var named = parsed.CommandResult.Command.Options.Concat<Symbol>(parsed.CommandResult.Command.Arguments).SelectMany(symbol => Named(symbol, parsed));
        var (outputs, inputs) = (new List<Output>(), new List<(string Path, FileIdentity File)>());
        foreach (var (symbol, role, path) in named)
        {
            if (IsWritten(role))
            {
                outputs.AddRange(Written(symbol.Name, role, path).Where(output => !OutputDevice.Is(output.Path)));
            }
            else
            {
                inputs.AddRange(Read(role, path).Select(file => (file, FileIdentity.Find(file))));
            }
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            var (option, path) = outputs[i];
            var identity = FileIdentity.Find(path);
            if (inputs.Find(input => input.File.IsSameAs(identity)) is { Path: { } same })
            {
                throw new InvalidInputException(option, $"expected another file than {same}, which is read{Instead(path, same)}");
            }

            if (outputs.Take(i).FirstOrDefault(other => FileIdentity.Find(other.Path).IsSameAs(identity)) is { } first)
            {
                throw new InvalidInputException(option, $"expected a file that {first.Option} does not write as well, got '{path}'");
            }
        }
    }

    private static string Instead(string path, string same) => path == same ? string.Empty : $"; {path} is that file under another name";

    private static bool IsWritten(FileRole role) => role is FileRole.Write or FileRole.WriteResult or FileRole.WriteReport;

    /// <summary>The files that an option or an argument names in a call; defaults name none.</summary>
    private static IEnumerable<(Symbol Symbol, FileRole Role, string Path)> Named(Symbol symbol, ParseResult parsed)
    {
        var tokens = symbol switch
        {
            Option option => parsed.GetResult(option)?.Tokens,
            Argument argument => parsed.GetResult(argument)?.Tokens,
            _ => null,
        };
        return Find(symbol) is { } role
            ? (tokens ?? []).Select(token => (symbol, role, token.Value)).Where(one => !string.IsNullOrWhiteSpace(one.Value) && !one.Value.Contains('\0'))
            : [];
    }

    private static IEnumerable<Output> Written(string option, FileRole role, string path) =>
        role switch
        {
            FileRole.WriteResult => [new(option, path), new(option, Journal.PathOf(path)), new(option, OutputLock.PathOf(path))],
            FileRole.WriteReport => [new(option, Path.Combine(path, ReportFiles.Page)), new(option, Path.Combine(path, ReportFiles.Markdown))],
            _ => [new(option, path)],
        };

    private static IEnumerable<string> Read(FileRole role, string path) =>
        role switch
        {
            FileRole.ReadFolder => FilesIn(path, "*", AllBelow),
            FileRole.ReadNetwork when NetworkSource.RecipeNames.Contains(path) => [],
            FileRole.ReadImages when ImageSources.Names.Contains(path) => [],
            FileRole.ReadImages => path.LastIndexOf(':') is > 0 and var end ? [path, path[..end]] : [path],
            FileRole.Start => path.Split([' ', '"', '\''], StringSplitOptions.RemoveEmptyEntries)
                .Concat(path.Split('"'))
                .Concat(path.Split('\''))
                .Where(File.Exists),
            FileRole.Read when Directory.Exists(path) => FilesIn(path, "*.npy", new EnumerationOptions { AttributesToSkip = FileAttributes.None }),
            FileRole.Read or FileRole.ReadNetwork when OnnxFile.Names(path) => [path, .. DataOf(path)],
            _ => [path],
        };

    /// <summary>The files in which a model keeps its weights. A method of its own, so that other calls do not load the code that reads models.</summary>
    private static IReadOnlyCollection<string> DataOf(string model) => Wellbehaved.Onnx.ExternalFiles.Find(model);

    private static List<string> FilesIn(string folder, string pattern, EnumerationOptions options)
    {
        var files = new List<string>();
        try
        {
            if (Directory.Exists(folder))
            {
                // One by one: what is listed before an entry that cannot be stays in the list.
                foreach (var file in Directory.EnumerateFiles(folder, pattern, options).Take(MostInFolder))
                {
                    files.Add(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The command says what is wrong with the folder when it reads it.
        }

        return files;
    }

    private sealed record Output(string Option, string Path);
}
