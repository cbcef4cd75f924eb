using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Options for what a result file may not say about its experiment: the author's files say nothing, ours say all.</summary>
internal sealed class RecordedOptions
{
    private readonly Option<int?> _channels = OptionFactory.NumberOrNone<int>(
        "--num-channels",
        "With --results: channels of every layer, where the file does not say; with --network: what its \"N\" stands for"
    );
    private readonly Option<int?> _batch = OptionFactory.NumberOrNone<int>(
        "--batch-size",
        "With --results, and with --network (4 by default): images in a batch"
    );
    private readonly Option<int?> _kernel = OptionFactory.NumberOrNone<int>("--kernel-size", "With --results: kernel extent, 1 is fully connected");
    private readonly Option<string?> _boundary = new("--boundary") { Description = "With --results: periodic, symmetric or zero_padding", HelpName = "word" };

    /// <summary>All of these options.</summary>
    public IReadOnlyList<Option> Options => [_channels, _batch, _kernel, _boundary];

    /// <summary>The options for sizes that a network of layers may leave open, too.</summary>
    public IReadOnlyList<Option> OfNetworks => [_channels, _batch];

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in Options)
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the values of the options.</summary>
    public RecordedExperiment Read(ParseResult parsed) =>
        new(parsed.GetValue(_channels), parsed.GetValue(_batch), parsed.GetValue(_kernel), parsed.GetValue(_boundary));
}
