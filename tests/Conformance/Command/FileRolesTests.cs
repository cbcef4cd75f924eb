using System.CommandLine;
using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>No output of any command is the same file as an input or as another output, whatever names it goes by.</summary>
public sealed class FileRolesTests : IDisposable
{
    private const string Precious = "what nobody may lose";

    /// <summary>Options and arguments whose text names no file.</summary>
    private static readonly string[] Words =
    [
        "--against",
        "--architecture",
        "--boundary",
        "--claim",
        "--corruptions",
        "--depths",
        "--device",
        "--expect",
        "--keep",
        "--layout",
        "--learning-rates",
        "--noise",
        "--normalize",
        "--optimiser",
        "--scale",
        "--shard",
        "COMMAND",
        "ID",
        "SHELL",
    ];

    private readonly Campaign _campaign = new();

    public FileRolesTests() => File.WriteAllText(_campaign["input"], Precious);

    public static TheoryData<string, string, string> Pairs => Cross(IsInput, IsOutput);

    public static TheoryData<string, string, string> OutputPairs => Cross(IsOutput, IsOutput);

    private static IReadOnlyList<Command> All => [.. Commands.Parse([]).RootCommandResult.Command.Subcommands];

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void Every_option_and_argument_of_text_is_known_as_a_file_or_as_a_word()
    {
        var unknown = All.SelectMany(SymbolsOf)
            .Where(symbol => TypeOf(symbol) == typeof(string) || TypeOf(symbol) == typeof(string[]))
            .Where(symbol => FileRoles.Find(symbol) is null)
            .Where(symbol => !Words.Contains(symbol.Name) && (symbol as Option)?.HelpName != "word");

        unknown.Select(symbol => symbol.Name).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_output_that_is_an_input_is_refused_under_every_name(string command, string input, string output)
    {
        // A folder is read below itself, and a report is two files in a folder.
        var role = RoleOf(command, output);
        var (reads, folder) = (RoleOf(command, input) == FileRole.ReadFolder ? _campaign.Folder : _campaign["input"], _campaign["folder"]);
        if (role == FileRole.WriteReport)
        {
            Directory.CreateDirectory(folder);
        }

        foreach (var name in Disguises(role == FileRole.WriteReport ? Path.Combine(folder, "report.html") : null))
        {
            var writes = role == FileRole.WriteReport ? folder : name;

            var refused = () => FileRoles.RequireApart(Commands.Parse([command, .. Given(input, reads), .. Given(output, writes)]));

            refused.Should().Throw<InvalidInputException>(name).WithMessage($"{output}: expected another file than *, which is read*");
        }

        File.ReadAllText(_campaign["input"]).Should().Be(Precious);
    }

    [Theory]
    [MemberData(nameof(OutputPairs))]
    public void Two_outputs_in_one_file_are_refused(string command, string first, string second)
    {
        var written = RoleOf(command, first) == FileRole.WriteReport ? _campaign["report.md"] : _campaign["new"];
        var (one, other) = (Place(first), Place(second));

        var refused = () => FileRoles.RequireApart(Commands.Parse([command, first, one, second, other]));

        refused.Should().Throw<InvalidInputException>().WithMessage("*: expected a file that * does not write as well*");

        string Place(string option) =>
            RoleOf(command, option) == FileRole.WriteReport ? _campaign.Folder
            : RoleOf(command, first) == FileRole.WriteReport || RoleOf(command, second) == FileRole.WriteReport ? _campaign["report.md"]
            : written;
    }

    [UnixTheory]
    [InlineData("verify --claim D1 --network {net} --json {net}")]
    [InlineData("verify --claim D1 --network {net} --badge {hard}")]
    [InlineData("audit --command true --network {net} --json {soft}")]
    [InlineData("audit --command {net} --junit {hard}")]
    [InlineData("network {net} --json {hard}")]
    [InlineData("network {net} --out {soft}")]
    [InlineData("plot {net} --out {soft}")]
    [InlineData("plot x.npz --dataset {net}:images --out {hard}")]
    [InlineData("diagnose {net} --report {folder}")]
    [InlineData("diagnose {net} --json {hard}")]
    [InlineData("run --network {net} --batch-size 4 --num-sims 1 --out {soft}")]
    [InlineData("run --network {net} --batch-size 4 --num-sims 1 --out x.npz --csv x.npz.journal")]
    [InlineData("run --network {net} --batch-size 4 --num-sims 1 --out x.npz --csv x.npz.lock")]
    [InlineData("train --network {net} --batch-size 4 --num-sims 1 --steps 1 --out x.npz --figure {soft}")]
    public void A_command_that_would_write_over_its_input_or_its_own_journal_ends_in_one_line(string line)
    {
        File.CreateSymbolicLink(_campaign["soft.svg"], _campaign["input"]);
        CommandLine.Run("ln", [_campaign["input"], _campaign["hard.svg"]]).ExitStatus.Should().Be(0);
        Directory.CreateDirectory(_campaign["folder"]);
        File.CreateSymbolicLink(Path.Combine(_campaign["folder"], "report.md"), "../input");

        var outcome = CommandLine.Run([
            .. line.Split(' ')
                .Select(word =>
                    word.Replace("{net}", _campaign["input"], StringComparison.Ordinal)
                        .Replace("{soft}", _campaign["soft.svg"], StringComparison.Ordinal)
                        .Replace("{hard}", _campaign["hard.svg"], StringComparison.Ordinal)
                        .Replace("{folder}", _campaign["folder"], StringComparison.Ordinal)
                ),
        ]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().MatchRegex("^wellbehaved: --[a-z]+: expected (another|a) file [^\n]*$");
        File.ReadAllText(_campaign["input"]).Should().Be(Precious);
    }

    [Fact]
    public void A_recipe_and_a_data_set_that_has_a_name_are_no_files()
    {
        var allowed = () =>
            FileRoles.RequireApart(Commands.Parse(["run", "--network", "vanilla", "--dataset", "natural", "--out", "vanilla", "--csv", "natural"]));

        allowed.Should().NotThrow();
    }

    [UnixFact]
    public void A_device_may_take_several_outputs()
    {
        var allowed = () => FileRoles.RequireApart(Commands.Parse(["verify", "--json", "/dev/null", "--junit", "/dev/null"]));

        allowed.Should().NotThrow();
    }

    [Fact]
    public void The_journal_of_the_output_may_be_merged_into_it()
    {
        var allowed = () => FileRoles.RequireApart(Commands.Parse(["merge", _campaign["x.npz.journal"], "--out", _campaign["x.npz"]]));

        allowed.Should().NotThrow();
    }

    /// <summary>Names of the input: its own, a detour, a link, a link to the link, a second name, and, where letter case is ignored, another case.</summary>
    private IEnumerable<string> Disguises(string? place)
    {
        if (place is null)
        {
            yield return _campaign["input"];
            yield return Path.Combine(_campaign.Folder, ".", "none", "..", "input");
        }

        if (OperatingSystem.IsWindows())
        {
            if (place is null)
            {
                yield return _campaign["INPUT"];
            }

            yield break;
        }

        var (soft, hard) = (place ?? _campaign["soft"], place ?? _campaign["hard"]);
        File.CreateSymbolicLink(soft, _campaign["input"]);
        yield return soft;
        File.Delete(soft);
        File.CreateSymbolicLink(_campaign["first"], "input");
        File.CreateSymbolicLink(soft, _campaign["first"]);
        yield return soft;
        File.Delete(soft);
        CommandLine.Run("ln", [_campaign["input"], hard]).ExitStatus.Should().Be(0);
        yield return hard;
    }

    private static TheoryData<string, string, string> Cross(Func<FileRole, bool> first, Func<FileRole, bool> second)
    {
        var pairs = new TheoryData<string, string, string>();
        foreach (var command in All)
        {
            var symbols = SymbolsOf(command).ToArray();
            foreach (var one in symbols.Where(symbol => FileRoles.Find(symbol) is { } role && first(role)))
            {
                foreach (var other in symbols.Where(symbol => symbol.Name != one.Name && FileRoles.Find(symbol) is { } role && second(role)))
                {
                    pairs.Add(command.Name, one.Name, other.Name);
                }
            }
        }

        return pairs;
    }

    private static FileRole RoleOf(string command, string symbol) =>
        FileRoles.Find(SymbolsOf(All.Single(one => one.Name == command)).Single(one => one.Name == symbol))!.Value;

    private static string[] Given(string symbol, string path) => symbol.StartsWith('-') ? [symbol, path] : [path];

    private static bool IsOutput(FileRole role) => role is FileRole.Write or FileRole.WriteResult or FileRole.WriteReport;

    private static bool IsInput(FileRole role) => !IsOutput(role);

    private static IEnumerable<Symbol> SymbolsOf(Command command) => command.Options.Concat<Symbol>(command.Arguments);

    private static Type? TypeOf(Symbol symbol) => (symbol as Option)?.ValueType ?? (symbol as Argument)?.ValueType;
}
