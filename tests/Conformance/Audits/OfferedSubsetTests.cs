using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whatever a subject offers, however little of it, leads to questions that it can be asked, or to none: never to an exception.</summary>
public class OfferedSubsetTests
{
    /// <summary>Networks that are drawn for each description, given and own: among them is one of each kind of size.</summary>
    private const int Drawn = 12;

    private static readonly JsonObject Everything = new()
    {
        ["id"] = 1,
        ["status"] = "done",
        ["protocol"] = 2,
        ["name"] = "n",
        ["version"] = null,
        ["dtype"] = "float32",
        ["layers"] = Words(LayersDescription.AllLayers),
        ["functions"] = Words(Function.Words),
        ["options"] = Words(NetworkNeeds.AllOptions),
        ["boundaries"] = Words(Enum.GetValues<Boundary>().Select(EnumWords.Spell)),
        ["noises"] = Words(Enum.GetValues<NoiseKind>().Select(EnumWords.Spell)),
        ["weights"] = Words(Enum.GetValues<WeightLaw>().Select(EnumWords.Spell)),
        ["operations"] = Words(["propagate", "simulate"]),
        ["moments"] = Words(ReportedMoments.Names),
    };

    /// <summary>
    /// For each field: nothing, each element alone, and all without each element, which are of one kind; for numbers, sizes that no example has, each a kind
    /// of its own.
    /// </summary>
    private static IEnumerable<(string Field, JsonNode Value, string Kind)> Subsets()
    {
        foreach (var (field, value) in Everything)
        {
            if (value is not JsonArray all)
            {
                continue;
            }

            yield return (field, new JsonArray(), $"{field}: none");
            for (var i = 0; i < all.Count; i++)
            {
                yield return (field, new JsonArray(all[i]!.DeepClone()), $"{field}: {all[i]}");
                yield return (field, new JsonArray([.. all.Where((_, j) => j != i).Select(word => word!.DeepClone())]), $"{field}: {all[i]}");
            }
        }

        foreach (
            var sizes in new int[][] { [], [1], [2], [4], [5], [6], [7], [9], [11], [16], [64], [1001], [1 << 20], [int.MaxValue], [3, 64], [1, 64], [2, 4] }
        )
        {
            yield return ("kernel_sizes", new JsonArray([.. sizes.Select(size => (JsonNode)size)]), $"kernel_sizes: {string.Join(' ', sizes)}");
        }

        foreach (var epsilons in new double[][] { [], [0], [5e-324], [1e-5], [1e300], [double.MaxValue], [0, 1e300] })
        {
            yield return ("epsilons", new JsonArray([.. epsilons.Select(epsilon => (JsonNode)epsilon)]), $"epsilons: {string.Join(' ', epsilons)}");
        }

        foreach (var field in new[] { "most_images", "most_features", "most_places" })
        {
            foreach (var most in new[] { 1, 2, 3, 24, 100, int.MaxValue })
            {
                yield return (field, most, $"{field}: {most}");
            }
        }

        foreach (var dtype in new[] { "float64", "float16", "bfloat16" })
        {
            yield return ("dtype", dtype, $"dtype: {dtype}");
        }
    }

    /// <summary>On every push each element either alone or left out, in turn; both at night.</summary>
    public static TheoryData<string, string> Offers
    {
        get
        {
            var offers = new TheoryData<string, string>();
            foreach (
                var (name, value, _) in Breadth.OfEachKind(Subsets(), subset => subset.Kind).DistinctBy(subset => (subset.Field, subset.Value.ToJsonString()))
            )
            {
                offers.Add(name, value.ToJsonString());
            }

            return offers;
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void An_offer_with_any_part_of_a_field_is_asked_only_what_it_offers(string field, string value)
    {
        var described = Everything.DeepClone().AsObject();
        described[field] = JsonNode.Parse(value);
        var description = Protocol.ReadDescriptionInLayers(1, described.ToJsonString())!;
        var offer = description.NetworkOffer!;
        var generator = new NetworkGenerator(offer, description.UnitRoundoff, 1);

        foreach (var given in new[] { true, false })
        {
            AdapterNetworks
                .Offered(offer, given)
                .Where(asked => offer.WhyNot(asked.Network, AdapterNetworks.Images, asked.Noise, given) is not null)
                .Should()
                .BeEmpty();
            for (var i = 0; i < Drawn; i++)
            {
                (generator.Case(i, given) is not { } drawn || offer.WhyNot(drawn.Network, drawn.Images, drawn.Noise, given) is null).Should().BeTrue();
            }
        }

        foreach (var check in Suite.Checks)
        {
            var outcome = Suite.Execute(check, new Declining(description), Scale.Quick, 1, sampleShare: 0.01);
            outcome.Verdict.Should().Be(Verdict.Declined, $"{check.ClaimId} {check.Architecture}: {outcome.Failure}");
        }
    }

    [Theory]
    [InlineData("most_images", int.MinValue)]
    [InlineData("most_features", -1)]
    [InlineData("most_places", 0)]
    public void A_limit_below_one_is_refused_by_its_name(string field, int most)
    {
        var described = Everything.DeepClone().AsObject();
        described[field] = most;

        FluentActions
            .Invoking(() => Protocol.ReadDescriptionInLayers(1, described.ToJsonString()))
            .Should()
            .Throw<AdapterException>()
            .WithMessage($"*expected a positive {field}, got {most}*");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    public void A_subject_of_one_kernel_size_is_tested_with_images_that_the_kernel_fits(int kernel) =>
        AdapterNetworks
            .Offered(new NetworkOffer { KernelSizes = [kernel] }, given: true)
            .Select(asked => asked.Network.Layers[0])
            .OfType<Networks.Convolution>()
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(convolution => convolution.Kernel == kernel);

    [Fact]
    public void A_subject_whose_kernels_are_all_too_large_to_test_hears_so()
    {
        AdapterNetworks.NotAsked(new NetworkOffer { KernelSizes = [1001, 64] }).Should().Contain("conv").And.Contain("64");
        AdapterNetworks.NotAsked(new NetworkOffer { KernelSizes = [1001, 7] }).Should().BeNull();
        AdapterNetworks.NotAsked(new NetworkOffer { KernelSizes = [64], Layers = ["dense"] }).Should().BeNull();
    }

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(word => (JsonNode)word)]);

    /// <summary>Offers what a description says, and does nothing of it.</summary>
    private sealed class Declining(SubjectDescription description) : ISubject
    {
        public SubjectDescription Description => description;

        public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            description.WhyNot(network, weights is Weights.Given).Should().BeNull("it is asked only for what it offers");
            throw new DeclinedException("everything");
        }

        public void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
        {
            description.WhyNot(network, input.Shape.Images, noise, weights is Weights.Given).Should().BeNull("it is asked only for what it offers");
            throw new DeclinedException("everything");
        }
    }
}
