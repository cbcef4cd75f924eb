using System.Collections.Immutable;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Libraries name their own parameters in messages; the command maps them to its options.</summary>
public sealed partial class ParameterNameTests
{
    /// <summary>Files that write commands which a person can repeat, or notes in files about the command that made them.</summary>
    private static readonly string[] OfCommands =
    [
        "src/Audit/Generated/GeneratedRun.cs",
        "src/Audit/Recorded/ResultAudit.cs",
        "src/Figures/Pages/HtmlReport.cs",
        "src/Reports/NotRunWords.cs",
        "src/Reports/VerificationReport.cs",
    ];

    private static readonly ImmutableArray<(string File, SyntaxNode Code)> Libraries =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: file, File: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')))
            .Where(one => !one.File.StartsWith("src/Cli/", StringComparison.Ordinal) && !one.File.Contains("/obj/", StringComparison.Ordinal))
            .Select(one => (one.File, CSharpSyntaxTree.ParseText(File.ReadAllText(one.Path)).GetRoot())),
    ];

    [Fact]
    public void A_library_names_no_option_of_the_command()
    {
        var naming = Libraries
            .Where(one => Texts(one.Code).Any(text => Option().IsMatch(OfACommand().Replace(text, ""))))
            .Select(one => one.File)
            .Order(StringComparer.Ordinal)
            .ToArray();
        naming.Should().BeSubsetOf(OfCommands, "a library names its own parameter by ParameterName, and the command says the option");
        naming.Should().Equal(OfCommands, "the list of exceptions holds what is one");
    }

    /// <summary>What the command would make of a name that no option has is an option that nobody can give.</summary>
    [Fact]
    public void Every_parameter_that_a_library_names_is_an_option_of_the_command()
    {
        var root = Commands.Parse([]).CommandResult.Command;
        var options = root.Subcommands.SelectMany(Commands.OptionsOf).ToHashSet();
        var names = Libraries
            .SelectMany(one => one.Code.DescendantNodes().OfType<InvocationExpressionSyntax>())
            .Where(call => call.Expression.ToString() == "ParameterName.Spell")
            .SelectMany(call => call.ArgumentList.Arguments)
            .Select(argument => Named(argument.Expression))
            .OfType<string>()
            .ToHashSet();
        names.Should().HaveCountGreaterThan(30);
        names.Where(name => !options.Contains(OptionNames.Spell(name))).Should().BeEmpty();
    }

    [Fact]
    public async Task A_message_names_the_parameter_and_within_the_command_the_option_in_every_thread()
    {
        Refusal().Should().Be("TotalDepth: expected a multiple of NumComputations 100, got 7");
        await InCommand();
        Refusal().Should().Be("TotalDepth: expected a multiple of NumComputations 100, got 7");

        static async Task InCommand()
        {
            ParameterName.SpellBy(OptionNames.Spell);
            Refusal().Should().Be("--total-depth: expected a multiple of --num-computations 100, got 7");
            (await Task.Run(Refusal)).Should().StartWith("--total-depth");
            var inThread = "";
            var thread = new Thread(() => inThread = Refusal());
            thread.Start();
            thread.Join();
            inThread.Should().StartWith("--total-depth");
        }

        static string Refusal()
        {
            var options = new ExperimentOptions
            {
                Architecture = "vanilla",
                TotalDepth = 7,
                KernelSize = 1,
                NumChannels = 4,
                BatchSize = 4,
                NumSims = 1,
            };
            return FluentActions.Invoking(options.Validate).Should().Throw<InvalidInputException>().Which.Message;
        }
    }

    [Theory]
    [InlineData("NumChannels", "--num-channels")]
    [InlineData("overwrite", "--overwrite")]
    [InlineData("batch_size", "--batch-size")]
    [InlineData("InputShapes", "--input-shape")]
    [InlineData("samples", "--finite-width")]
    public void The_option_of_a_parameter_has_its_words_unless_it_is_called_otherwise(string parameter, string option) =>
        OptionNames.Spell(parameter).Should().Be(option);

    /// <summary>The name that <c>nameof</c> or a literal gives; null where a variable has it.</summary>
    private static string? Named(ExpressionSyntax expression) =>
        expression switch
        {
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } call => call
                .ArgumentList.Arguments[0]
                .ToString()
                .Split('.')[^1],
            LiteralExpressionSyntax literal => literal.Token.ValueText,
            _ => null,
        };

    /// <summary>Literals, and what stands between the holes of interpolated ones.</summary>
    private static IEnumerable<string> Texts(SyntaxNode code) =>
        code.DescendantTokens()
            .Where(token =>
                token.Kind()
                    is SyntaxKind.StringLiteralToken
                        or SyntaxKind.InterpolatedStringTextToken
                        or SyntaxKind.SingleLineRawStringLiteralToken
                        or SyntaxKind.MultiLineRawStringLiteralToken
            )
            .Select(token => token.ValueText);

    [GeneratedRegex("(?<![\\w-])--[a-z]+")]
    private static partial Regex Option();

    /// <summary>An option right after the command that has it.</summary>
    [GeneratedRegex("\\b(?:verify|merge|audit|run|train|predict|diagnose|plot) --[a-z-]+")]
    private static partial Regex OfACommand();
}
