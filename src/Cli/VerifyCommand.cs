using System.CommandLine;
using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved verify</c>: checks whether the claims of the ledger hold on the reference implementation.</summary>
internal static class VerifyCommand
{
    private const string NetworkName = "--network";

    /// <summary>The greatest number of multiply-adds of a batch: the definition takes a few seconds for it, and checks ask for many batches.</summary>
    private const double MostMultiplyAdds = 2e9;

    /// <summary>The greatest number of numbers at all places of a batch; they are in memory together, as signal and noise.</summary>
    private const double MostNumbers = 3e7;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var scale = OptionFactory.Choice(
            "--scale",
            "How much to simulate; training checks only the claims about trained networks",
            "quick",
            "full",
            "training"
        );
        var claims = OptionFactory.Claims();
        var architectures = OptionFactory.Architectures("Check on this architecture only; may be given more than once");
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var network = new Option<string?>(NetworkName)
        {
            Description = "Check the claims that have a site in this network: a recipe, or a JSON file (docs/networks.md)",
            HelpName = "NAME|FILE",
        }.Taking(FileRole.ReadNetwork);
        network.CompletionSources.Add([.. NetworkSource.RecipeNames]);
        var channels = OptionFactory.OptionalNumber<int>("--num-channels", "Channels, where the network leaves them open as \"N\"; 12 if left out");
        var depth = OptionFactory.OptionalNumber<int>("--total-depth", "Repetitions, where the network leaves them open as \"L\"; 3 if left out");
        var input = ShapeOption.Create();
        var batchSize = OptionFactory.OptionalNumber<int>("--batch-size", "Inputs of a batch of the network; 4 if left out");
        var outputs = new ReportOptions();
        var command = new Command("verify", "Confronts the reference implementation with the theory, claim by claim, with known error rates.")
        {
            scale,
            claims,
            architectures,
            seed,
            network,
            channels,
            depth,
            input,
            batchSize,
        };
        outputs.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                    Verify(
                        new Wanted(
                            parsed.GetRequiredValue(scale) switch
                            {
                                "training" => Scale.Training,
                                "full" => Scale.Full,
                                _ => Scale.Quick,
                            },
                            parsed.GetValue(claims) ?? [],
                            OptionFactory.ChosenArchitectures(parsed, architectures),
                            parsed.GetValue(seed)
                        ),
                        Site(
                            parsed.GetValue(network),
                            new(parsed.GetValue(input), Given(parsed, channels), Given(parsed, depth)),
                            Given(parsed, batchSize),
                            parsed.GetValue(architectures) is { Length: > 0 }
                        ),
                        outputs.Read(parsed),
                        cancellation
                    )
                )
        );
        return command;
    }

    private static int Verify(Wanted wanted, (SiteCase Case, string Words)? site, ReportFiles files, CancellationToken cancellation)
    {
        files.EnsureWritable();
        var run =
            site is var (one, words) ? OnSites(wanted, one, cancellation) with { Command = $"wellbehaved verify {words}" }
            : wanted.Scale == Scale.Training ? Trained(wanted, cancellation)
            : Simulated(wanted, cancellation);
        VerdictTable.Print(run);
        files.Write(run);
        return ExitStatus.From(run, allowDeclined: false);
    }

    private static VerificationRun OnSites(Wanted wanted, SiteCase site, CancellationToken cancellation)
    {
        if (wanted.Scale == Scale.Training)
        {
            throw new InvalidInputException("--scale", "expected quick or full with --network: training uses its own networks (docs/training.md)");
        }

        using var reference = new ReferenceSubject();
        return ProgressDisplay.Show(
            "verify",
            VerificationRun.WorkOn(site, wanted.Claims),
            advance => VerificationRun.OfNetwork(reference, wanted.Scale, wanted.Seed, wanted.Claims, site, advance, cancellation)
        );
    }

    private static VerificationRun Simulated(Wanted wanted, CancellationToken cancellation)
    {
        using var reference = new ReferenceSubject();
        return ProgressDisplay.Show(
            "verify",
            VerificationRun.Work(wanted.Scale, wanted.Claims, wanted.Architectures),
            advance =>
                VerificationRun.Execute(reference, wanted.Scale, wanted.Seed, wanted.Claims, wanted.Architectures, Standing(wanted), advance, cancellation)
        );
    }

    private static VerificationRun Trained(Wanted wanted, CancellationToken cancellation) =>
        ProgressDisplay.Show(
            "verify",
            TrainingSuite.Work(TrainingSizes.OfScale, wanted.Claims, wanted.Architectures),
            advance => TrainingSuite.Run(TrainingSizes.OfScale, wanted.Seed, wanted.Claims, wanted.Architectures, advance, cancellation)
        );

    /// <summary>
    /// The recipes that come with the command, beside the paper's four; the full scale checks them too. Their sizes are small, because the definition is slow.
    /// </summary>
    private static SiteCase[] Standing(Wanted wanted) =>
        wanted is { Scale: Scale.Full, Architectures: null }
            ? [.. NetworkSource.RecipeNames.Except(Recipes.Names).Select(name => SiteOf(NetworkSource.Recipe(name), new(null, null, null), null))]
            : [];

    private static (SiteCase Case, string Words)? Site(string? name, NetworkSizes sizes, int? batchSize, bool namesArchitectures)
    {
        if (name is null)
        {
            return sizes.IsEmpty && batchSize is null
                ? null
                : throw new InvalidInputException(NetworkName, "expected with sizes or a batch size, which are those of a network");
        }

        if (namesArchitectures)
        {
            throw new InvalidInputException(NetworkName, "expected without --architecture, which selects one of the paper's four architectures");
        }

        if (batchSize is < 1)
        {
            throw new InvalidInputException("--batch-size", $"expected a whole number of at least 1, got {batchSize}");
        }

        var site = SiteOf(NetworkSource.Open(name), sizes, batchSize);
        if (TooLarge(site) is { } reason)
        {
            throw new InvalidInputException(NetworkName, reason);
        }

        string?[] words =
        [
            $"{NetworkName} {Shell.Word(name)}",
            sizes.Input is { } input ? $"--input-shape {ShapeOption.Spell(input)}" : null,
            sizes.Channels is { } channels ? FormattableString.Invariant($"--num-channels {channels}") : null,
            sizes.Depth is { } depth ? FormattableString.Invariant($"--total-depth {depth}") : null,
            batchSize is { } size ? FormattableString.Invariant($"--batch-size {size}") : null,
        ];
        return (site, string.Join(' ', words.Where(word => word is not null)));
    }

    private static SiteCase SiteOf(NetworkSource source, NetworkSizes sizes, int? batchSize)
    {
        var template = source.Template;
        var network = source.ToJudge(
            new(
                sizes.Input ?? (template.Input is null ? new Shape(8, 8, 3) : null),
                sizes.Channels ?? (template.LeavesChannelsOpen ? 12 : null),
                sizes.Depth ?? (template.LeavesDepthOpen ? 3 : null)
            )
        );
        return new(sizes.Input is null ? SmallImages.Shrink(network) : network, batchSize ?? 4);
    }

    /// <summary>Why a batch of a network is too large for the definition, which is slow; null if it is not.</summary>
    private static string? TooLarge(SiteCase site)
    {
        var numbers = site.Network.Places.Sum(place => (double)place.Shape.Features * site.Images) + ((double)site.Network.Input.Features * site.Images);
        var products = Operations.MultiplyAdds(site.Network.Layers, site.Network.Input) * site.Images;
        return numbers <= MostNumbers && products <= MostMultiplyAdds
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"expected sizes with at most {MostMultiplyAdds:N0} multiply-adds and {MostNumbers:N0} numbers of all places for a batch, got "
                    + $"{products:N0} and {numbers:N0} for {site.Images} inputs of {site.Network.Input}: the reference computation from the definition is slow"
            );
    }

    private static int? Given(ParseResult parsed, Option<int> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    /// <summary>What is to be verified.</summary>
    private sealed record Wanted(Scale Scale, string[] Claims, string[]? Architectures, ulong Seed);
}
