using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>The help of a command, followed by examples of its use.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["wellbehaved"] =
        [
            "# What about my network? A recipe, a file of layers, or what PyTorch exports: docs/my-network.md",
            "wellbehaved diagnose mine.onnx",
            "# Is the paper right? The reference implementation against every claim",
            "wellbehaved verify",
            "# Is mine right? A program in any language, docs/audit-protocol.md",
            "wellbehaved audit --command \"python3 my_implementation.py\"",
            "# Simulate, draw and judge an architecture",
            "wellbehaved run --architecture bn_ff --total-depth 200 --kernel-size 1 --num-channels 128 --batch-size 64 --num-sims 32 --out bn_ff.npz",
            "wellbehaved plot bn_ff.npz --out bn_ff.svg",
            "wellbehaved diagnose bn_ff.npz",
        ],
        ["verify"] = ["wellbehaved verify --scale full --report report", "# One claim, on other random numbers", "wellbehaved verify --claim S2 --seed 7"],
        ["audit"] =
        [
            "wellbehaved audit --command \"python3 examples/numpy/wellbehaved_numpy.py\" --report report --junit claims.xml",
            "# Only whether the adapter speaks the protocol",
            "wellbehaved audit --smoke --command \"python3 examples/numpy/wellbehaved_numpy.py\"",
            "# About one network of layers, with every input and noise",
            "wellbehaved audit --command \"python3 examples/numpy/wellbehaved_numpy_layers.py\" --network pre_ln_mlp --num-channels 8 "
                + "--total-depth 3 --input-shape 2x3x2",
            "# Moments that were recorded by somebody else",
            "wellbehaved audit --results bn_ff_fc_64.npz --architecture bn_ff --num-channels 512 --batch-size 64 --kernel-size 1",
        ],
        ["run"] =
        [
            "# The paper's figure 4, convolutional; interrupted, it goes on with --resume",
            "wellbehaved run --architecture bn_ff --total-depth 200 --kernel-size 3 --num-channels 512 --batch-size 64 --num-sims 24 --out bn_ff.npz --resume",
            "# A share of it on another machine, docs/campaigns.md",
            "wellbehaved run --architecture bn_ff --total-depth 200 --kernel-size 3 --num-channels 512 --batch-size 64 --num-sims 24 --shard 2/8 "
                + "--out part-2.npz",
            "# A network of layers in a JSON file, docs/networks.md",
            "wellbehaved run --network mine.json --total-depth 6 --batch-size 16 --num-sims 30 --out mine.npz",
            "# The network of an ONNX file, docs/onnx.md",
            "wellbehaved run --network resnet50.onnx --num-sims 8 --batch-size 8 --out resnet50.npz",
        ],
        ["train"] =
        [
            "wellbehaved train --architecture bn_ff --total-depth 24 --kernel-size 1 --num-channels 64 --batch-size 100 --num-sims 4 --steps 300 "
                + "--out bn_ff.npz --figure bn_ff.svg",
            "# Any network of layers; trained to the same loss, it can be compared with others on corrupted images",
            "wellbehaved train --network pre_ln_mlp --total-depth 20 --num-channels 64 --batch-size 100 --num-sims 4 --steps 1000 --target-loss "
                + "0.1 --learning-rates 0.003 --out mlp.npz",
        ],
        ["merge"] =
        [
            "wellbehaved merge part-1.npz part-2.npz part-3.npz --out whole.npz",
            "# With what a machine finished before it was lost",
            "wellbehaved merge part-1.npz part-2.npz.journal --allow-missing --out partial.npz",
        ],
        ["status"] = ["wellbehaved status results"],
        ["predict"] =
        [
            "wellbehaved predict --architecture bn_res --total-depth 500 --kernel-size 1 --num-channels 512 --batch-size 64",
            "# With a hundred networks of this width, sampled from the one-step laws",
            "wellbehaved predict --architecture bn_ff --total-depth 100 --kernel-size 1 --num-channels 128 --batch-size 64 --finite-width 100 "
                + "--json bn_ff.json",
            "# Any network of layers: its places, where theory ends, what its units do, and what would help",
            "wellbehaved predict --network pre_ln_mlp --num-channels 256 --total-depth 50 --batch-size 64",
        ],
        ["diagnose"] =
        [
            "wellbehaved diagnose bn_ff.npz --json diagnosis.json",
            "# A network of layers, which is run first",
            "wellbehaved diagnose mine.json --total-depth 20 --batch-size 64 --num-sims 50",
            "# Your own network, exported from PyTorch or another framework, docs/onnx.md",
            "wellbehaved diagnose resnet50.onnx --num-sims 8 --batch-size 8 --report report",
        ],
        ["plot"] =
        [
            "wellbehaved plot bn_ff.npz --out bn_ff.svg",
            "# Four architectures side by side",
            "wellbehaved plot vanilla.npz vanilla_res.npz bn_ff.npz bn_res.npz --out side_by_side.pdf",
            "# Does width change anything? One network at several widths",
            "wellbehaved plot narrow.npz middle.npz wide.npz --against width --out width.svg",
        ],
        ["export"] = ["wellbehaved export bn_ff.npz --csv bn_ff.csv"],
        ["network"] =
        [
            "# The recipes; one of them to start from; what is in a network of your own",
            "wellbehaved network",
            "wellbehaved network conv_ln_gelu",
            "wellbehaved network mine.json --total-depth 4 --batch-size 64",
            "# Its layers as a picture",
            "wellbehaved network mine.json --total-depth 4 --out mine.svg",
            "# One of its mappings for another program",
            "wellbehaved network conv_ln_gelu --total-depth 4 --input-shape 32x32x3 --onnx mine.onnx",
        ],
        ["claims"] = ["wellbehaved claims S2 P3", "# For a program", "wellbehaved claims --json"],
        ["help"] = ["wellbehaved help run"],
        ["completion"] = ["eval \"$(wellbehaved completion bash)\""],
    };

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>The examples of all commands.</summary>
    public static IEnumerable<string> All => Examples.Values.SelectMany(lines => lines).Where(line => !line.StartsWith('#'));

    /// <summary>Adds examples to the help of the root command and of its subcommands.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var status = help.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var name = command is RootCommand ? "wellbehaved" : command.Name;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(Examples[name].Count(line => !line.StartsWith('#')) == 1 ? "Example:" : "Examples:");
        foreach (
            var line in Examples[name]
                .SelectMany(line => line.StartsWith('#') ? [$"  {line}"] : CommandText.Lines($"  {line}", Terminal.OutputWidth, Shell.LineEnd))
        )
        {
            output.Write(line + Environment.NewLine);
        }

        output.WriteLine();
        return status;
    }
}
