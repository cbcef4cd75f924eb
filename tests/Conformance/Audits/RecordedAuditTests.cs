using System.Collections.Concurrent;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Recorded moments, the author's published ones among them, are judged by what they contain; the rest is listed.</summary>
public sealed class RecordedAuditTests : IDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Recorded = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bn_ff_fc_64", "bn_ff", 512, 64, 1, "D1 D2 D3 S6 P3 P5")]
    [InlineData("bn_res_fc", "bn_res", 512, 64, 1, "D1 D2 D3 P4")]
    [InlineData("vanilla_fc", "vanilla", 512, 1024, 1, "D1 D2 A3 P1")]
    [InlineData("vanilla_histo_fc", "vanilla", 128, 1024, 1, "D1 W1")]
    [InlineData("bn_ff", "bn_ff", 512, 64, 3, "D1 D2 S6 P3 P5")]
    [InlineData("vanilla", "vanilla", 512, 64, 3, "D1 D2 A3 P1")]
    public void The_author_s_published_figures_hold(string name, string architecture, int channels, int batch, int kernelSize, string judged)
    {
        var figures = RecordedFigures.Read(Path.Combine(AppContext.BaseDirectory, "published", name + ".csv"));

        var run = ResultAudit.Judge(name, figures, Architecture.Named(architecture), new RecordedExperiment(channels, batch, kernelSize));

        run.Outcomes.Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
        string.Join(" ", run.Outcomes.Select(outcome => outcome.Check.ClaimId)).Should().Be(judged);
        run.NotJudged.Should().NotBeEmpty().And.OnlyContain(pair => pair.Value.Length > 0);
        var spokenOf = run
            .Outcomes.Select(outcome => outcome.Check.ClaimId)
            .Concat(run.NotJudged.Select(pair => pair.Key))
            .Concat(run.NotTestable.Concat(run.NotRun).Select(claim => claim.Id));
        spokenOf
            .Should()
            .BeEquivalentTo(
                ClaimLedger.Claims.Where(claim => claim.Architectures.Contains(architecture)).Select(claim => claim.Id),
                "nothing may be passed over in silence"
            );
    }

    [Theory]
    [InlineData("bn_ff_fc_64", "bn_ff", 512, 64, 1, "D1 D2 D3 S6 P3 P5")]
    [InlineData("bn_ff_fc_64_gaussian", "bn_ff", 512, 64, 1, "D1 D2 D3 S6 P3 P5")]
    [InlineData("bn_res_fc", "bn_res", 512, 64, 1, "D1 D2 D3 P4")]
    [InlineData("bn_res_fc_gaussian", "bn_res", 512, 64, 1, "D1 D2 D3 P4")]
    [InlineData("vanilla_fc", "vanilla", 512, 64, 1, "D1 D2 A3 P1")]
    [InlineData("vanilla_fc_gaussian", "vanilla", 512, 64, 1, "D1 D2 A3 P1")]
    [InlineData("vanilla_histo_fc", "vanilla", 128, 1024, 1, "D1 W1")]
    public void The_figures_of_our_own_runs_at_the_scale_of_the_author_hold(
        string name,
        string architecture,
        int channels,
        int batch,
        int kernelSize,
        string judged
    )
    {
        var figures = RecordedFigures.Read(Path.Combine(AppContext.BaseDirectory, "measured", name + ".csv"));

        var run = ResultAudit.Judge(name, figures, Architecture.Named(architecture), new RecordedExperiment(channels, batch, kernelSize));

        run.Outcomes.Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
        string.Join(" ", run.Outcomes.Select(outcome => outcome.Check.ClaimId)).Should().Be(judged);
    }

    [Theory]
    [InlineData("vanilla", "vanilla")]
    [InlineData("bn_ff", "bn_ff")]
    [InlineData("bn_res", "bn_res")]
    public void The_figures_of_our_convolutional_runs_reject_no_claim(string name, string architecture)
    {
        // Too few simulations for a share of mappings to be decided at the rates of an audit; what holds always must hold.
        var figures = RecordedFigures.Read(Path.Combine(AppContext.BaseDirectory, "measured", name + ".csv"));

        var run = ResultAudit.Judge(name, figures, Architecture.Named(architecture), new RecordedExperiment(512, 64, KernelSize: 3));

        run.Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected);
        run.Outcomes.Where(outcome => outcome.Check.ClaimId.StartsWith('D')).Should().NotBeEmpty().And.OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
    }

    /// <summary>
    /// The state that batch norm with convolutions tends to does not depend on the images: at depth 200 our photographs and his CIFAR-10 agree.
    /// </summary>
    /// <remarks>
    /// Ours are 24 simulations and his 1,000. Welch's t with Bonferroni over six figures and a false alarm in a thousand: 4.5 standard errors at 23 degrees of
    /// freedom, the least that the law can have.
    /// </remarks>
    [Fact]
    public void Deep_convolutional_figures_of_bn_ff_agree_with_the_published_ones_on_other_images()
    {
        var (his, ours) = (Figures("published"), Figures("measured"));
        foreach (var name in new[] { "reff_signal_loc4", "reff_noise_loc4", "nu1_abs_signal_loc3", "mu4_signal_loc3" })
        {
            var (one, other) = (his.Find(name)![200], ours.Find(name)![200]);

            (one.Mean - other.Mean).Should().BeInRange(-Allowance(one, other), Allowance(one, other), name);
        }

        // The logarithm of each factor's mean, with the errors of both ends as if they were independent: they are positively correlated, which makes the true
        // error smaller.
        foreach (var place in new[] { "chi_loc3", "chi_loc4" })
        {
            var ((start, end), (ourStart, ourEnd)) = (Ends(his, place), Ends(ours, place));
            var apart = Math.Log(end.Mean / start.Mean) - Math.Log(ourEnd.Mean / ourStart.Mean);
            var squares = new[] { start, end, ourStart, ourEnd }.Sum(figure => Math.Pow(figure.Deviation / figure.Mean, 2) / figure.Count);

            apart.Should().BeInRange(-4.5 * Math.Sqrt(squares), 4.5 * Math.Sqrt(squares), place);
        }

        static (RecordedSummary Start, RecordedSummary End) Ends(RecordedFigures figures, string place) =>
            (figures.Find(place)![100], figures.Find(place)![200]);
        static double Allowance(RecordedSummary one, RecordedSummary other) =>
            4.5 * Math.Sqrt((one.Deviation * one.Deviation / one.Count) + (other.Deviation * other.Deviation / other.Count));
        static RecordedFigures Figures(string folder) => RecordedFigures.Read(Path.Combine(AppContext.BaseDirectory, folder, "bn_ff.csv"));
    }

    [PublishedFact]
    public void The_published_figures_are_computed_from_the_files_of_the_author()
    {
        foreach (var (name, architecture) in new[] { ("bn_ff_fc_64", "bn_ff"), ("vanilla_histo_fc", "vanilla"), ("bn_ff", "bn_ff"), ("vanilla", "vanilla") })
        {
            var made = RecordedFigures.Compute(ResultFile.Read(PublishedFactAttribute.File(name)), Architecture.Named(architecture)).ToText();
            made.Should().Be(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "published", name + ".csv")));
        }
    }

    [Theory]
    [InlineData("vanilla", "D1 D2 S2 S3 W1 A3 P1")]
    [InlineData("bn_ff", "D1 D2 D3 D4 S2 S3 S6 P3 P5")]
    [InlineData("bn_res", "D1 D2 D3 D4 S2 S3 W3 P4 P7")]
    [InlineData("vanilla_res", "D1 D2 S2 S3 A3 P2 P6")]
    public void Our_own_results_hold(string architecture, string judged)
    {
        var file = Record(architecture);

        var run = ResultAudit.Judge(file, architecture, new RecordedExperiment());

        string.Join(" ", run.Outcomes.Select(outcome => outcome.Check.ClaimId)).Should().Be(judged);
        run.Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected);
        run.Outcomes.Where(outcome => outcome.Check.ClaimId.StartsWith('D')).Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
        run.Diagnoses.Should().ContainSingle();
    }

    /// <summary>Each change of a result file is rejected by the law that it breaks.</summary>
    [Theory]
    [InlineData("vanilla", "nu2_signal_loc2", 0.5, "S2")]
    [InlineData("vanilla", "mu2_noise_loc2", 1.2, "S3")]
    [InlineData("vanilla", "nu1_abs_signal_loc3", 3.0, "D1")]
    [InlineData("bn_ff", "mu4_signal_loc3", 400.0, "D3")]
    [InlineData("bn_ff", "nu2_signal_loc3", 1.1, "D4")]
    [InlineData("bn_ff", "chi_loc4", 1.3, "S6")]
    [InlineData("bn_res", "reff_signal_loc3", 0.05, "D2")]
    [InlineData("bn_res", "nu2_signal_loc5", 1.3, "W3")]
    public void A_wrong_moment_is_rejected_by_its_law(string architecture, string moment, double factor, string claim)
    {
        var file = Record(architecture);
        using (var archive = NpzArchive.Open(file))
        {
            // The recorded logarithm of the moment would contradict the change: both are changed, as a wrong program would.
            var arrays = archive.Names.ToDictionary(
                name => name,
                name =>
                {
                    var array = archive.Read(name);
                    return name == moment ? NpyArray.From([.. array.ToDoubles().Select(value => value * factor)], [.. array.Shape])
                        : name == $"log_{moment}" ? NpyArray.From([.. array.ToDoubles().Select(value => value + Math.Log(factor))], [.. array.Shape])
                        : array;
                }
            );
            archive.Dispose();
            NpzArchive.Write(file, arrays);
        }

        var run = ResultAudit.Judge(file, architecture, new RecordedExperiment());

        run.Outcomes.Single(outcome => outcome.Check.ClaimId == claim).Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void The_audit_command_judges_a_result_file_and_lists_the_claims_that_it_cannot_judge()
    {
        var file = Record("bn_ff");
        var outcome = CommandLine.Run(
            "audit",
            "--results",
            file,
            "--architecture",
            "bn_ff",
            "--json",
            Path.Combine(_folder, "verdicts.json"),
            "--junit",
            Path.Combine(_folder, "verdicts.xml"),
            "--report",
            _folder
        );

        outcome.ExitStatus.Should().BeOneOf([0, 3], outcome.Error);
        outcome
            .Output.Should()
            .Contain("not judged: O1 ")
            .And.Contain("tensors or weights are needed")
            .And.MatchRegex(@"\d+ not judged, 0 not run at this scale")
            .And.Contain("bn_ff: Pathological SNR");
        File.ReadAllText(Path.Combine(_folder, "verdicts.json")).Should().Contain("\"not_judged\"").And.Contain("wellbehaved audit --results");
        File.ReadAllText(Path.Combine(_folder, "verdicts.xml")).Should().Contain("classname=\"not judged\"");
        File.ReadAllText(Path.Combine(_folder, "report.md")).Should().Contain("not judged");
    }

    [Theory]
    [InlineData("quantity,depth\nx,1\n")]
    [InlineData("")]
    [InlineData("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84\nchi_loc3,1,200\n")]
    [InlineData("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84\nchi_loc3,1,200,a,b,c,d,e,f,g\n")]
    public void A_table_that_is_invalid_is_refused_by_name(string text)
    {
        var path = Path.Combine(_folder, "figures.csv");
        File.WriteAllText(path, text);

        FluentActions.Invoking(() => RecordedFigures.Read(path)).Should().Throw<InvalidInputException>().WithMessage($"*{path}*expected*");
        FluentActions.Invoking(() => RecordedFigures.Read(path + ".missing")).Should().Throw<InvalidInputException>();
    }

    private string Record(string architecture)
    {
        var file = Path.Combine(_folder, architecture + ".npz");
        File.WriteAllBytes(file, Recorded.GetOrAdd(architecture, _ => new Lazy<byte[]>(Run)).Value);
        return file;

        byte[] Run()
        {
            // Enough simulations for Student's test: at a hundred its correction for skewness lets nothing be decided.
            var options = new ExperimentOptions
            {
                Architecture = architecture,
                TotalDepth = 100,
                KernelSize = 1,
                NumChannels = 32,
                BatchSize = 24,
                NumSims = 300,
                NumComputations = 20,
                Epsilon = 0,
            };
            ResultFile.Write(file, Experiment.Prepare(options).Run());
            return File.ReadAllBytes(file);
        }
    }
}
