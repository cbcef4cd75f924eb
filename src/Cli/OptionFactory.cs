using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>Options whose error messages name the option and say what is expected.</summary>
internal static class OptionFactory
{
    /// <summary>A number that must be given.</summary>
    public static Option<T> RequiredNumber<T>(string name, string description, string expectation = "a whole number")
        where T : INumber<T> =>
        new(name)
        {
            Description = description,
            Required = true,
            CustomParser = result => ParseNumber<T>(result, name, expectation),
        };

    /// <summary>A number with a default.</summary>
    public static Option<T> Number<T>(string name, string description, T byDefault, string expectation = "a whole number")
        where T : INumber<T> =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => byDefault,
            CustomParser = result => ParseNumber<T>(result, name, expectation),
        };

    /// <summary>A number that may be left out; then it is null.</summary>
    public static Option<T?> NumberOrNone<T>(string name, string description, string expectation = "a whole number")
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "number",
            CustomParser = result => ParseNumber<T>(result, name, expectation),
        };

    /// <summary>A number whose default depends on other options.</summary>
    public static Option<T> OptionalNumber<T>(string name, string description, string expectation = "a whole number")
        where T : INumber<T> => new(name) { Description = description, CustomParser = result => ParseNumber<T>(result, name, expectation) };

    /// <summary>The option that chooses claims of the ledger; all claims if it is not given.</summary>
    public static Option<string[]> Claims()
    {
        var option = new Option<string[]>("--claim")
        {
            Description = "Check this claim only; may be given more than once (wellbehaved claims lists the ids)",
            HelpName = "ID",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        option.CompletionSources.Add(_ => ClaimLedger.Claims.Select(claim => claim.Id));
        return option;
    }

    /// <summary>The option that chooses architectures; all of them if it is not given.</summary>
    public static Option<string[]> Architectures(string description)
    {
        var option = new Option<string[]>("--architecture")
        {
            Description = $"{description}: {string.Join(", ", Architecture.Names)}",
            HelpName = "word",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        option.CompletionSources.Add([.. Architecture.Names]);
        return option;
    }

    /// <summary>The architectures that were given.</summary>
    /// <returns>Their names; null where none was given.</returns>
    /// <exception cref="InvalidInputException">There is no such architecture.</exception>
    public static string[]? ChosenArchitectures(ParseResult parsed, Option<string[]> option)
    {
        var chosen = parsed.GetValue(option) is { Length: > 0 } given ? given : null;
        foreach (var name in chosen ?? [])
        {
            ExperimentOptions.RequireArchitecture(name);
        }

        return chosen;
    }

    /// <summary>A file to write.</summary>
    public static Option<string?> OutputFile(string name, string description) =>
        new Option<string?>(name) { Description = description, HelpName = "FILE" }.Taking(FileRole.Write);

    /// <summary>One of several words, the first of which is the default.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}: {string.Join(", ", words)}",
            HelpName = "word",
            DefaultValueFactory = _ => words[0],
        };
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            var word = result.Tokens.Count == 0 ? words[0] : result.Tokens[0].Value;
            if (!words.Contains(word))
            {
                result.AddError($"{name}: expected {string.Join(", ", words)}, got '{word}'{Spelling.Hint(word, words)}");
            }
        });
        return option;
    }

    private static T ParseNumber<T>(ArgumentResult result, string name, string expectation)
        where T : INumber<T>
    {
        var word = result.Tokens[0].Value;
        if (
            T.TryParse(word, NumberStyles.Float & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value)
            && (typeof(T) == typeof(double) || !word.Contains('.', StringComparison.Ordinal))
        )
        {
            if (T.IsZero(value) && word.TakeWhile(letter => letter is not ('e' or 'E')).Any(letter => letter is >= '1' and <= '9'))
            {
                result.AddError($"{name}: expected {expectation} that double precision holds, got '{word}', which is too small");
            }

            return value;
        }

        result.AddError($"{name}: expected {expectation}, got '{word}'");
        return T.Zero;
    }
}
