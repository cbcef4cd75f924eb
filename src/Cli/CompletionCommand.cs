using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved completion</c>: prints a script by which a shell completes commands, options and their values.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _wellbehaved() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(wellbehaved "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _wellbehaved wellbehaved
            """,
        ["zsh"] = """
            _wellbehaved() {
              local -a words_found
              words_found=("${(@f)$(wellbehaved "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -- $words_found || _files
            }
            compdef _wellbehaved wellbehaved
            """,
        ["fish"] = """
            complete -c wellbehaved -a '(set -l line (commandline -cp); wellbehaved "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName wellbehaved -ScriptBlock {
              param($word, $line, $position)
              wellbehaved "[suggest:$position]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Scripts.Keys) };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new Command("completion", "Prints a script that lets your shell complete what you type; evaluate it in the shell's profile.") { shell };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(shell);
            if (!Scripts.TryGetValue(name, out var script))
            {
                throw new InvalidInputException("SHELL", $"expected {string.Join(", ", Scripts.Keys)}, got '{name}'{Spelling.Hint(name, Scripts.Keys)}");
            }

            Console.Write(script + Environment.NewLine);
            return ExitStatus.Success;
        });
        return command;
    }
}
