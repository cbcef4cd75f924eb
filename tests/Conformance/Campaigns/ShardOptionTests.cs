using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

public class ShardOptionTests
{
    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("3/8", 3, 8)]
    [InlineData("8/8", 8, 8)]
    public void A_share_is_named_by_number_and_count(string text, int number, int count) => Read(text).Should().Be(new Shard(number, count));

    [Theory]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("1/0")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("a/8")]
    [InlineData("1/b")]
    [InlineData("1/2/3")]
    [InlineData("-1/8")]
    [InlineData("auto/0")]
    [InlineData("auto/x")]
    [InlineData("auto3/8")]
    [InlineData("automatic/8")]
    [InlineData("99999999999/99999999999")]
    public void An_invalid_share_is_refused_in_one_line(string text) =>
        FluentActions
            .Invoking(() => Read(text, "SLURM_ARRAY_TASK_ID=1"))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .StartWith("--shard: expected")
            .And.NotContain("\n");

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 4, 1)]
    [InlineData(10, 30, 10)]
    [InlineData(5, 9, 2)]
    public void The_tasks_of_a_Slurm_array_cover_all_shares_for_any_first_index_and_step(int first, int last, int step)
    {
        var count = ((last - first) / step) + 1;
        var shares = Enumerable
            .Range(0, count)
            .Select(i =>
                Read(
                    "auto",
                    $"SLURM_ARRAY_TASK_ID={first + (i * step)}",
                    $"SLURM_ARRAY_TASK_COUNT={count}",
                    $"SLURM_ARRAY_TASK_MIN={first}",
                    $"SLURM_ARRAY_TASK_MAX={last}",
                    $"SLURM_ARRAY_TASK_STEP={step}"
                )
            );
        shares.Should().BeEquivalentTo(Enumerable.Range(1, count).Select(number => new Shard(number, count)));
    }

    [Fact]
    public void A_task_that_is_submitted_again_alone_gets_its_former_share()
    {
        var inTheArray = Read("auto/4", "SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_COUNT=4", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_MAX=4");
        Read("auto/4", "SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_COUNT=1", "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_MAX=3").Should().Be(inTheArray);
    }

    [Fact]
    public void A_Slurm_array_with_gaps_is_refused() =>
        FluentActions
            .Invoking(() =>
                Read("auto", "SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_COUNT=2", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_MAX=7", "SLURM_ARRAY_TASK_STEP=1")
            )
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .Contain("gaps");

    [Fact]
    public void An_indexed_Kubernetes_job_reads_its_index_and_needs_the_count()
    {
        Read("auto/16", "JOB_COMPLETION_INDEX=0").Should().Be(new Shard(1, 16));
        Read("auto/16", "JOB_COMPLETION_INDEX=15").Should().Be(new Shard(16, 16));
        foreach (var (text, index) in new[] { ("auto", "3"), ("auto/2", "2"), ("auto/2", "two") })
        {
            FluentActions
                .Invoking(() => Read(text, $"JOB_COMPLETION_INDEX={index}"))
                .Should()
                .Throw<InvalidInputException>()
                .Which.Message.Should()
                .StartWith("--shard: expected");
        }
    }

    [Fact]
    public void Auto_without_the_variables_of_a_scheduler_is_refused() =>
        FluentActions.Invoking(() => Read("auto/4")).Should().Throw<InvalidInputException>().Which.Message.Should().Contain("SLURM_ARRAY_TASK_ID");

    private static Shard Read(string text, params string[] environment)
    {
        var variables = environment.Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return ShardOption.Read(text, name => variables.GetValueOrDefault(name));
    }
}
