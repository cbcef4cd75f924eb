using System.Reflection;
using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Networks and layers are values: equal where they say the same, and different where anything differs.</summary>
public class NetworkEqualityTests
{
    private static readonly Layer[] Samples =
    [
        new Convolution(3) { Channels = 5 },
        new Dense(),
        new BatchNorm(),
        new LayerNorm(),
        new RmsNorm(),
        new GroupNorm(2),
        new InstanceNorm(),
        new Activation(Function.LeakyRelu(0.1)),
        new Scaling(0.5),
        new AveragePool(2),
        new MaxPool(2),
        new GlobalAveragePool(),
        new Flatten(),
        new Dropout(0.5),
        new Attention(2),
        new Residual([new Flatten()]),
        new Repeat(2, [new Flatten()]),
    ];

    public static TheoryData<Type> LayerTypes => [.. typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract)];

    [Law]
    public void Networks_that_are_composed_alike_are_equal(int seed)
    {
        var (network, again) = (GeneratedNetworks.Draw(new Random(seed), "n"), GeneratedNetworks.Draw(new Random(seed), "n"));

        again.Should().NotBeSameAs(network).And.Be(network);
        again.GetHashCode().Should().Be(network.GetHashCode());
        (again == network).Should().BeTrue();
        (again != network).Should().BeFalse();
        again.Layers.Should().NotBeSameAs(network.Layers);
        (again.Layers == network.Layers).Should().BeTrue();
        again.Places.Should().Equal(network.Places);
        new HashSet<Network> { network }
            .Contains(again)
            .Should()
            .BeTrue();
    }

    [Law]
    public void Networks_that_differ_in_name_input_or_one_layer_are_not_equal(Network network)
    {
        Network[] others =
        [
            new(network.Name + "'", network.Input, network.Layers),
            new(network.Name, network.Input, [.. network.Layers, new Scaling(1)]),
            new(network.Name, network.Input, [new Scaling(1), .. network.Layers]),
            .. GeneratedNetworks.Shrink(network).Take(100),
        ];

        foreach (var other in others)
        {
            (other == network).Should().BeFalse(other.ToString());
            other.Equals(network).Should().BeFalse();
            NetworkText.Write(other).Should().NotBe(NetworkText.Write(network), "what differs is written differently");
        }
    }

    [Theory]
    [MemberData(nameof(LayerTypes))]
    public void Layers_that_differ_in_one_property_are_not_equal(Type type)
    {
        var layer = Samples.Should().ContainSingle(sample => sample.GetType() == type).Subject;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            foreach (var value in OthersThan(property.GetValue(layer), property.PropertyType))
            {
                var other = Copy(layer);
                other.Should().NotBeSameAs(layer).And.Be(layer);
                other.GetHashCode().Should().Be(layer.GetHashCode());
                property.SetValue(other, value);

                other.Should().NotBe(layer, $"{property.Name} is {value}");
                (ListOf(other) == ListOf(layer)).Should().BeFalse();
            }
        }
    }

    [Fact]
    public void Layers_of_different_kinds_are_not_equal()
    {
        Samples.Distinct().Should().HaveCount(Samples.Length);
        ((Layer)new AveragePool(2)).Should().NotBe(new MaxPool(2));
        ((Layer)new BatchNorm { Epsilon = 1e-5 }).Should().NotBe(new InstanceNorm());
        ListOf(new Flatten()).Equals(null).Should().BeFalse();
        (Layers.None == null).Should().BeFalse();
        ((Layers?)null == null).Should().BeTrue();
    }

    private static Layers ListOf(params Layer[] layers) => [.. layers];

    private static Layer Copy(Layer layer) => (Layer)layer.GetType().GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public)!.Invoke(layer, null)!;

    private static IEnumerable<object?> OthersThan(object? value, Type type) =>
        value switch
        {
            int number => type == typeof(int?) ? new object?[] { number + 1, null } : new object?[] { number + 1 },
            null when type == typeof(int?) => [1],
            double number => [number + 0.25, -1.5],
            bool flag => [!flag],
            Enum word => Enum.GetValues(word.GetType()).Cast<object?>().Where(other => !word.Equals(other)),
            Initialisation parameters =>
            [
                parameters with
                {
                    WeightVariance = 0.3,
                },
                parameters with
                {
                    BiasVariance = 0.3,
                },
                parameters with
                {
                    Law = WeightLaw.Orthogonal,
                },
            ],
            ResidualScale => [ResidualScale.ByDepth, ResidualScale.ByUnit, (ResidualScale)0.5],
            Function function => [function with { Slope = 0.9 }, Function.Relu],
            Layers layers => [ListOf([.. layers, new Flatten()]), Layers.None == layers ? ListOf(new GlobalAveragePool()) : Layers.None],
            _ => throw new InvalidOperationException($"no other value of {type}"),
        };
}
