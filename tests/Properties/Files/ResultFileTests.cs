using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public sealed class ResultFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_with_depths_and_moments_is_read()
    {
        var file = Read(("depth", NpyArray.From([2L, 4], 2)), ("res_depth", NpyArray.From([3L])), ("chi_loc1", NpyArray.From([1.0, 2, 3, 4, 5, 6], 3, 2)));
        file.Depth.Should().Equal(2, 4);
        file.ResidualDepth.Should().Be(3);
        file.Simulations.Should().Be(3);
        file.Find("chi_loc1")![2].Should().Equal(5, 6);
        file.Find("chi_loc2").Should().BeNull();
        file.Configuration.Should().BeNull();
    }

    [Fact]
    public void Inconsistent_arrays_are_refused()
    {
        var depth = ("depth", NpyArray.From([2L, 4], 2));
        Refuses(("chi_loc1", NpyArray.From([1.0, 2], 1, 2)));
        Refuses(("depth", NpyArray.From([4L, 2], 2)));
        Refuses(("depth", NpyArray.From([0L, 2], 2)));
        Refuses(("depth", NpyArray.From([1.5, 2], 2)));
        Refuses(("depth", NpyArray.From(ReadOnlySpan<long>.Empty, 0)));
        Refuses(("depth", NpyArray.From("two")));
        Refuses(("depth", NpyArray.From("a text of more bytes than any number has")));
        Refuses(depth, ("chi_loc1", NpyArray.From("a text of more bytes than any number has")));
        Refuses(depth, ("missing_simulations", NpyArray.From("a text of more bytes than any number has")));
        Refuses(depth, ("missing_simulations", NpyArray.From([1.5], 1)));
        Refuses(depth, ("res_depth", NpyArray.From([1L, 2], 2)));
        Refuses(depth, ("res_depth", NpyArray.From([-1L])));
        Refuses(depth, ("configuration", NpyArray.From([1L])));
        Refuses(depth, ("chi_loc1", NpyArray.From([1.0, 2], 2)));
        Refuses(depth, ("chi_loc1", NpyArray.From([1.0, 2, 3], 1, 3)));
        Refuses(depth, ("chi_loc1", NpyArray.From("text")));
        Refuses(depth, ("chi_loc1", NpyArray.From([1.0, 2], 1, 2)), ("chi_loc2", NpyArray.From([1.0, 2, 3, 4], 2, 2)));
    }

    private void Refuses(params (string Name, NpyArray Array)[] arrays) =>
        FluentActions.Invoking(() => Read(arrays)).Should().Throw<InvalidInputException>().Which.Message.Should().StartWith(PathOf).And.NotContain("\n");

    private string PathOf => Path.Combine(_folder, "result.npz");

    private ResultFile Read(params (string Name, NpyArray Array)[] arrays)
    {
        NpzArchive.Write(PathOf, arrays.Select(array => new KeyValuePair<string, NpyArray>(array.Name, array.Array)));
        return ResultFile.Read(PathOf);
    }
}
