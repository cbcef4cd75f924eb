using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Pipes have a thread of their own, since the checks that wait for their answers may hold all threads of the pool.</summary>
public class PipeThreadTests
{
    [Fact]
    public async Task Work_runs_on_one_thread_that_is_not_of_the_pool_in_the_order_in_which_it_began()
    {
        using var pipes = new PipeThread("test");
        var order = new List<int>();

        var threads = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    pipes.Begin(() =>
                    {
                        order.Add(i);
                        return (Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread);
                    })
                )
        );

        threads.Distinct().Should().ContainSingle().Which.IsThreadPoolThread.Should().BeFalse();
        order.Should().BeInAscendingOrder().And.HaveCount(20);
    }

    [Fact]
    public async Task An_exception_reaches_whoever_waits_and_later_work_goes_on()
    {
        using var pipes = new PipeThread("test");

        var failed = pipes.Begin(() => throw new IOException("broken"));
        var next = pipes.Begin(() => 7);

        await failed.Awaiting(task => task).Should().ThrowAsync<IOException>().WithMessage("broken");
        (await next).Should().Be(7);
    }
}
