using System.CommandLine;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The options that are only for networks in ONNX files.</summary>
internal sealed class OnnxOptionList
{
    private const string Batch = "batch";
    private const string Redrawn = "redrawn";

    private readonly Option<string> _batchNorm = OptionFactory.Choice(
        "--batch-norm",
        "Of an ONNX file: statistics of batch norm, those of the batch as in training, or those stored in the file",
        Batch,
        "stored"
    );

    private readonly Option<string> _weights = OptionFactory.Choice(
        "--weights",
        "Of an ONNX file: parameters anew for each simulation, like those of the file or by a law of initialisation, or those of the file as they are",
        Redrawn,
        "file",
        "he",
        "lecun",
        "glorot",
        "pytorch"
    );

    private readonly Option<string[]> _keep = new("--keep")
    {
        Description = "Of an ONNX file: leave parameters of these names as they are; * stands for any text; may be given more than once",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _tokens = new Option<string?>("--tokens")
    {
        Description = "Of an ONNX file: an .npy file of numbers of tokens, sequences or one long text; by default, tokens are drawn uniformly",
        HelpName = "FILE",
    }.Taking(FileRole.Read);

    private readonly Option<string> _device = new("--device")
    {
        Description = "Of an ONNX file: where it is computed, cpu, cuda or cuda:N (docs/onnx.md)",
        HelpName = "word",
        DefaultValueFactory = _ => OnnxRequest.Cpu,
    };

    private readonly Option<double?> _time = OptionFactory.NumberOrNone<double>(
        OnnxLimits.TimeOption,
        "Of an ONNX file: seconds without progress after which it is given up, by default 600",
        "a positive number of seconds"
    );

    private readonly Option<double?> _memory = OptionFactory.NumberOrNone<double>(
        OnnxLimits.MemoryOption,
        "Of an ONNX file: GiB of memory that it may take, by default half of the machine's",
        "a positive number of GiB"
    );

    /// <summary>All of these options.</summary>
    public IReadOnlyList<Option> All => [_batchNorm, _weights, _keep, _tokens, _device, _time, _memory];

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Refuses these options for a network that is not in an ONNX file.</summary>
    /// <exception cref="InvalidInputException">One of them is given.</exception>
    public void RefuseAll(ParseResult parsed)
    {
        foreach (var option in All.Where(option => parsed.GetResult(option) is { Implicit: false }))
        {
            throw new InvalidInputException(option.Name, "expected only with the ONNX file of a network");
        }
    }

    /// <summary>Adds the values of these options to a request.</summary>
    /// <param name="request">The request with the values of the other options.</param>
    /// <param name="parsed">The call.</param>
    public OnnxRequest Read(OnnxRequest request, ParseResult parsed) =>
        request with
        {
            BatchNorm = parsed.GetRequiredValue(_batchNorm) switch
            {
                Batch => OnnxBatchNorm.Batch,
                "stored" => OnnxBatchNorm.Stored,
                var word => throw new InvalidInputException("--batch-norm", $"expected statistics, got '{word}'"),
            },
            Weights = parsed.GetRequiredValue(_weights) switch
            {
                Redrawn => OnnxWeights.Redrawn,
                "file" => OnnxWeights.File,
                "he" => OnnxWeights.He,
                "lecun" => OnnxWeights.Lecun,
                "glorot" => OnnxWeights.Glorot,
                "pytorch" => OnnxWeights.Pytorch,
                var word => throw new InvalidInputException("--weights", $"expected a law, got '{word}'"),
            },
            Keep = parsed.GetValue(_keep) ?? [],
            Tokens = parsed.GetValue(_tokens),
            Device = parsed.GetRequiredValue(_device),
            Limits = OnnxLimits.Read(parsed.GetValue(_time), parsed.GetValue(_memory)),
        };
}
