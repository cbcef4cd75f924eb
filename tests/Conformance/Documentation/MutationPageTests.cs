using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A score of mutation testing is about the sources that were mutated: once they have changed, the page must say that it is old.</summary>
public sealed partial class MutationPageTests
{
    private const string Page = "docs/mutation-testing.md";

    private static readonly string[] Parts =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, ".ci", "mutation"), "*.json")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal),
    ];

    private static readonly (string[] Parts, string Sources)[] Rows =
    [
        .. Row().Matches(Repository.Text(Page)).Select(row => (PartsOf(row.Groups["parts"].Value), row.Groups["sources"].Value)),
    ];

    [Fact]
    public void Every_part_has_one_row_of_the_table()
    {
        Parts.Should().HaveCountGreaterThan(5);
        Rows.SelectMany(row => row.Parts).Order(StringComparer.Ordinal).Should().Equal(Parts);
    }

    [Fact]
    public void A_score_of_other_sources_than_those_of_today_is_marked_as_old()
    {
        foreach (var (parts, sources) in Rows)
        {
            string[] right = ["old", Checksum(parts)];
            right.Should().Contain(sources, "a score of {0} is of today's sources or old", string.Join(", ", parts));
        }

        var text = Repository.Text(Page);
        text.Contains("**All these scores are old.**", StringComparison.Ordinal).Should().Be(Rows.All(row => row.Sources == "old"));
        text.Contains("Measured on", StringComparison.Ordinal).Should().Be(Rows.Any(row => row.Sources != "old"), "a date stands with scores of today");
    }

    [Fact]
    public void A_project_without_a_score_is_named()
    {
        var scored = Parts.Select(part => Mutated(part).Project).ToHashSet();
        var projects = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .ToArray();
        projects.Should().Contain(scored);
        var paragraph = Repository.Text(Page).Split("\n\n").Single(text => text.StartsWith("No part covers these projects", StringComparison.Ordinal));
        var named = Code().Matches(paragraph).Select(word => word.Groups[1].Value);
        named.Should().BeEquivalentTo(projects.Except(scored));
    }

    /// <summary>The parts that a row is about: the words in code before what it says of them.</summary>
    private static string[] PartsOf(string cell) => [.. Code().Matches(cell.Split('(', ':')[0]).Select(word => word.Groups[1].Value)];

    /// <summary>The first twelve digits of the checksum of the sources that parts mutate.</summary>
    private static string Checksum(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in parts.SelectMany(part => Mutated(part).Files).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + "\n" + Repository.Text(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>The project of a part, and the files that match its patterns.</summary>
    private static (string Project, string[] Files) Mutated(string part)
    {
        using var document = JsonDocument.Parse(Repository.Text($".ci/mutation/{part}.json"));
        var configuration = document.RootElement.GetProperty("stryker-config");
        var project = Path.GetFileNameWithoutExtension(configuration.GetProperty("project").GetString())!;
        var home = Path.Combine(Repository.Root, "src", project);
        Regex[] patterns = [.. configuration.GetProperty("mutate").EnumerateArray().Select(pattern => Matching(pattern.GetString()!))];
        string[] files =
        [
            .. Directory
                .EnumerateFiles(home, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(home, file).Replace('\\', '/'))
                .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
                .Where(file => patterns.Any(pattern => pattern.IsMatch(file)))
                .Select(file => $"src/{project}/{file}"),
        ];
        files.Should().NotBeEmpty(part);
        return (project, files);
    }

    private static Regex Matching(string pattern) =>
        new("^" + Regex.Escape(pattern).Replace("\\*\\*/", "(?:.*/)?", StringComparison.Ordinal).Replace("\\*", "[^/]*", StringComparison.Ordinal) + "$");

    [GeneratedRegex("^\\| (?<parts>`[^|]*) \\|(?: [0-9]+ \\|){5} [0-9.]+ % \\| (?<sources>[^| ]+) \\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
