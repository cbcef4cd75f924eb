using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Of more shares than simulations some are empty: they succeed as the others do, so that what waits for them starts.</summary>
public sealed class EmptyShareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_table_of_an_empty_share_has_a_header_alone()
    {
        var (result, table) = (Path.Combine(_folder, "1.npz"), Path.Combine(_folder, "1.csv"));

        var outcome = CommandLine.Run([
            .. "run --architecture bn_ff --total-depth 2 --kernel-size 1 --num-channels 4 --batch-size 4 --num-sims 4 --shard 1/8".Split(' '),
            "--out",
            result,
            "--csv",
            table,
        ]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        ResultFile.Read(result).Simulations.Should().Be(0);
        File.ReadAllLines(table).Should().ContainSingle().Which.Should().StartWith("simulation,depth,place,ends_unit,state,");
    }
}
