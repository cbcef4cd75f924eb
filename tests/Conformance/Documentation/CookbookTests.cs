using System.Reflection;
using System.Runtime.Loader;
using FluentAssertions;
using Microsoft.CodeAnalysis;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each recipe is followed, line by line, in an empty folder; what it shows is compared with what it prints.</summary>
public sealed class CookbookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> WithCommandsAlone => Questions("");

    public static TheoryData<string> WithNumPy => Questions("numpy");

    public static TheoryData<string> WithPandas => Questions("numpy, pandas");

    public static TheoryData<string> WithPyTorch => Questions("numpy, torch");

    [Fact]
    public void The_cookbook_has_ten_recipes_with_shown_output()
    {
        Recipe.All.Should().HaveCount(10);
        Recipe
            .All.SelectMany(recipe => recipe.Blocks)
            .Should()
            .NotContain(block => block.Language == ShownOutput.Output && block.Text.Trim() == "…", "anything would do");
        Recipe
            .All.Where(recipe => recipe.Blocks.All(block => block.Language != ShownOutput.Output))
            .Should()
            .ContainSingle("the tests of a layer in C# print nothing of their own");
    }

    [Theory]
    [MemberData(nameof(WithCommandsAlone))]
    public void A_recipe_prints_what_it_shows(string question) => Follow(question);

    [RecipeTheory("numpy")]
    [MemberData(nameof(WithNumPy))]
    public void A_recipe_with_NumPy_prints_what_it_shows(string question) => Follow(question);

    [RecipeTheory("numpy, pandas")]
    [MemberData(nameof(WithPandas))]
    public void A_recipe_with_pandas_prints_what_it_shows(string question) => Follow(question);

    [RecipeTheory("numpy, torch")]
    [MemberData(nameof(WithPyTorch))]
    public void A_recipe_with_PyTorch_prints_what_it_shows(string question) => Follow(question);

    [Fact]
    public void The_layer_in_CSharp_holds_and_its_proposed_mistake_is_rejected()
    {
        var source = Recipe
            .All.SelectMany(recipe => recipe.Blocks)
            .Single(block => block.Language == "csharp" && block.Text.Contains("ConformanceTests", StringComparison.Ordinal))
            .Text;
        Judge(source).Verdict.Should().Be(Verdict.Declined, "convolutions and batch norm are declined, and all else holds");
        Judge(source).HoldsButForDeclined.Should().BeTrue();

        var wrong = source.Replace("value > 0 ? noise : 0", "noise", StringComparison.Ordinal);
        wrong.Should().NotBe(source);
        Judge(wrong).Verdict.Should().Be(Verdict.Rejected);

        static VerificationRun Judge(string source)
        {
            using var assembly = new MemoryStream();
            Snippet.Compile(source).Emit(assembly).Success.Should().BeTrue();
            assembly.Position = 0;
            var type = new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(assembly).GetType("MyLayer")!;
            return VerificationRun.Execute((ISubject)Activator.CreateInstance(type)!, Scale.Quick, 0, ["O1", "O2", "D8"]);
        }
    }

    private static TheoryData<string> Questions(string modules) => [.. Recipe.All.Where(recipe => recipe.Modules == modules).Select(recipe => recipe.Question)];

    private void Follow(string question)
    {
        var recipe = Recipe.Find(question);
        var python = recipe.Modules.Length == 0 ? null : NumPy.With(recipe.Modules);
        var printed = "";
        foreach (var (language, text) in recipe.Blocks)
        {
            if (language == ShownOutput.Output)
            {
                new ShownOutput(question, text.TrimEnd('\n').Split('\n')).Missing(printed).Should().BeNull("'{0}' shows it of\n{1}", question, printed);
                continue;
            }

            printed = language switch
            {
                ShownOutput.Commands => new ShownOutput(text, []).Run(_folder, python),
                "python" => Python(text, python!),
                "csharp" => CSharp(text),
                _ => throw new InvalidOperationException($"'{question}' has a block of {language}, which nothing runs"),
            };
        }
    }

    /// <summary>Keeps a program in the file that its first line names, and runs one that has no such line.</summary>
    private string Python(string text, string python)
    {
        var first = text.Split('\n')[0];
        if (first.StartsWith("# ", StringComparison.Ordinal) && first.EndsWith(".py", StringComparison.Ordinal))
        {
            File.WriteAllText(Path.Combine(_folder, first[2..]), text);
            return "";
        }

        File.WriteAllText(Path.Combine(_folder, "recipe.py"), text);
        return new ShownOutput("python3 recipe.py", []).Run(_folder, python);
    }

    /// <summary>Runs a program; a library prints nothing.</summary>
    private string CSharp(string text)
    {
        var compilation = Snippet.Compile(text);
        if (compilation.Options.OutputKind != OutputKind.ConsoleApplication)
        {
            return "";
        }

        var program = Path.Combine(_folder, "recipe.dll");
        compilation.Emit(program).Success.Should().BeTrue();
        foreach (
            var library in Directory
                .EnumerateFiles(AppContext.BaseDirectory, "*.dll")
                .Where(file => Path.GetFileName(file).StartsWith("Wellbehaved.", StringComparison.Ordinal) || Path.GetFileName(file) == "MathNet.Numerics.dll")
        )
        {
            File.Copy(library, Path.Combine(_folder, Path.GetFileName(library)));
        }

        File.Copy(Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, "runtimeconfig.json"), Path.ChangeExtension(program, "runtimeconfig.json"));
        var outcome = CommandLine.Run("dotnet", [program]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        return outcome.Output.ReplaceLineEndings("\n");
    }
}

/// <summary>Recipes that need modules of Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecipeTheoryAttribute : TheoryAttribute
{
    public RecipeTheoryAttribute(string modules)
    {
        Modules = modules;
        Skip = NumPy.With(modules) is null ? $"neither python3 nor /usr/bin/python3 has all of {modules}" : null;
    }

    /// <summary>The modules.</summary>
    public string Modules { get; }
}
