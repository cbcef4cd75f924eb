using System.CommandLine;
using System.Globalization;

namespace Wellbehaved.Cli;

/// <summary>The option <c>--shard</c>: which share of the simulations this process computes.</summary>
internal static class ShardOption
{
    private const string Name = "--shard";
    private const string Auto = "auto";
    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID";
    private const string SlurmCount = "SLURM_ARRAY_TASK_COUNT";
    private const string KubernetesIndex = "JOB_COMPLETION_INDEX";

    /// <summary>Describes the option.</summary>
    public static Option<string?> Create() =>
        new(Name)
        {
            Description =
                $"Compute only a share of the simulations: 1/8 to 8/8; auto takes both numbers from {SlurmIndex} and {SlurmCount}, auto/8 the "
                + $"first one from {SlurmIndex} or {KubernetesIndex}",
            HelpName = "I/COUNT",
        };

    /// <summary>Reads the option.</summary>
    /// <param name="text">The value of the option; null means all simulations.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <returns>The share.</returns>
    /// <exception cref="InvalidInputException">The text, or the environment, does not give a valid share.</exception>
    public static Shard Read(string? text, Func<string, string?> variable)
    {
        if (text is null)
        {
            return Shard.Whole;
        }

        var words = text.Split('/');
        var (index, count) = words switch
        {
            [Auto] => (
                null,
                Number(variable, SlurmCount)
                    ?? throw new InvalidInputException(
                        Name,
                        variable(KubernetesIndex) is null
                            ? $"expected {SlurmIndex} and {SlurmCount} in the environment, found none"
                            : $"expected auto/COUNT, since the environment has only the index of the share ({KubernetesIndex}), not the number of shares"
                    )
            ),
            [Auto, var second] => (null, Whole(second)),
            [var first, var second] => (Whole(first), Whole(second)),
            _ => (null, null),
        };
        if (count is null or < 1 || (words[0] != Auto && index is null))
        {
            throw new InvalidInputException(Name, $"expected I/COUNT, for example 1/8, or auto, got '{text}'");
        }

        if (index is { } number)
        {
            return number >= 1 && number <= count
                ? new Shard(number, count.Value)
                : throw new InvalidInputException(Name, $"expected a share from 1/{count} to {count}/{count}, got '{text}'");
        }

        return new Shard(NumberInEnvironment(variable, text == Auto, count.Value), count.Value);
    }

    /// <summary>The number of this share, from 1 to the number of shares, as the environment gives it.</summary>
    /// <remarks>
    /// It is the remainder of the task's number. So tasks with consecutive numbers get different shares, whether the numbers begin with 0 or with 1; where they
    /// begin with 1, the share has the task's own number. With the count given, a task that is submitted again alone gets the same share as before.
    /// </remarks>
    private static int NumberInEnvironment(Func<string, string?> variable, bool countIsOfSlurm, int count)
    {
        if (Number(variable, SlurmIndex) is { } task)
        {
            var step = Number(variable, "SLURM_ARRAY_TASK_STEP") is { } given and > 0 ? given : 1;
            if (
                countIsOfSlurm
                && Number(variable, "SLURM_ARRAY_TASK_MIN") is { } least
                && Number(variable, "SLURM_ARRAY_TASK_MAX") is { } most
                && ((most - least) / step) + 1 != count
            )
            {
                throw new InvalidInputException(Name, $"expected auto/COUNT, since the array of tasks from {least} to {most} has gaps");
            }

            return (task / step % count) is var number and > 0 ? number : count;
        }

        if (Number(variable, KubernetesIndex) is { } completion && !countIsOfSlurm)
        {
            return completion < count ? completion + 1 : throw new InvalidInputException(Name, $"expected {KubernetesIndex} below {count}, found {completion}");
        }

        throw new InvalidInputException(Name, $"expected {SlurmIndex} or {KubernetesIndex} in the environment, found neither");
    }

    private static int? Number(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } text
            ? Whole(text) ?? throw new InvalidInputException(Name, $"expected a whole number in {name}, found '{text}'")
            : null;

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
