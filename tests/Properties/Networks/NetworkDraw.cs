using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Composes a random network, layer by layer: each is drawn among those that fit the shape before it.</summary>
internal sealed class NetworkDraw(Random random)
{
    private const int MostLevels = 3;
    private const int MostChannels = 12;

    /// <summary>Where a list of layers stands.</summary>
    private readonly record struct Surroundings(int Level, bool IsRepeated, bool IsInBranch, bool KeepsPositions)
    {
        public Surroundings Inside => this with { Level = Level + 1 };
    }

    public Network Network(string name)
    {
        var input = new Shape(Extent(), Extent(), random.Next(1, MostChannels + 1));
        return new(name, input, List(input, random.Next(1, 7), new(0, false, false, false)));
    }

    /// <summary>Lines, squares and others, of odd, even and prime extents.</summary>
    private int Extent() => Chance(5) ? 1 : Pick(2, 3, 4, 4, 5, 6, 7, 8, 9, 11);

    private Layers List(Shape shape, int count, Surroundings surroundings)
    {
        var layers = new List<Layer>();
        for (var i = 0; i < count; i++)
        {
            layers.Add(Layer(shape, surroundings));
            shape = layers[^1].OutputOf(shape);
        }

        return [.. layers];
    }

    private Layer Layer(Shape shape, Surroundings surroundings)
    {
        while (true)
        {
            var layer = random.Next(22) switch
            {
                0 or 1 or 2 => Convolution(shape, surroundings.KeepsPositions),
                3 or 4 => Dense(shape),
                5 or 6 or 7 => Norm(shape, surroundings),
                8 or 9 or 10 or 11 => Activation(),
                12 => new Scaling(Pick(0.1, 0.5, -1, 2, 1e-4)),
                13 => Pool(shape, surroundings.KeepsPositions),
                14 => surroundings.KeepsPositions || !Chance(3) ? null : new GlobalAveragePool(),
                15 => surroundings.KeepsPositions || !Chance(3) ? null : new Flatten(),
                16 => new Dropout(Pick(0.9, 0.75, 0.5, 1)) { Mask = Pick(DropoutMask.Shared, DropoutMask.ByPoint) },
                17 => Attention(shape),
                18 or 19 or 20 when surroundings.Level < MostLevels => Residual(shape, surroundings.Inside),
                21 when surroundings.Level < MostLevels => Repeat(shape, surroundings.Inside),
                _ => null,
            };
            if (layer is not null)
            {
                return layer;
            }
        }
    }

    private Convolution Convolution(Shape shape, bool keepsPositions)
    {
        // Images of one row or column are signals over the other axis.
        var longest = Math.Min(shape.Height, shape.Width) is > 1 and var shorter ? shorter : Math.Max(shape.Height, shape.Width);
        var boundary = Pick(Enum.GetValues<Boundary>());
        var kernel = Pick([.. new[] { 1, 2, 3, 3, 4, 5, 7 }.Where(extent => extent <= longest && (extent % 2 == 1 || boundary != Boundary.Symmetric))]);
        var dilation = Pick([.. new[] { 1, 1, 1, 2, 3 }.Where(distance => (distance * (kernel - 1)) + 1 <= longest)]);
        int? channels = Chance(2) ? Channels() : null;
        return new(kernel)
        {
            Channels = channels,
            Stride = keepsPositions ? 1 : Pick(1, 1, 1, 2, 2, 3),
            Dilation = dilation,
            Groups = Groups(shape.Channels, channels ?? shape.Channels),
            Boundary = boundary,
            Parameters = Parameters(),
        };
    }

    private int Groups(int inputs, int outputs) =>
        random.Next(5) switch
        {
            0 when outputs % inputs == 0 => Networks.Convolution.EachChannel,
            1 or 2 => Pick([.. Divisors(inputs).Where(groups => outputs % groups == 0)]),
            _ => 1,
        };

    private Dense Dense(Shape shape) => new() { Channels = shape.Channels > MostChannels || Chance(2) ? Channels() : null, Parameters = Parameters() };

    private Initialisation Parameters() => new(Pick(2, 1, 0.5, 3), Pick(0, 0, 0, 0.1, 1), Chance(2) ? WeightLaw.Normal : Pick(Enum.GetValues<WeightLaw>()));

    private Layer Norm(Shape shape, Surroundings surroundings)
    {
        var scale = surroundings.IsInBranch && Chance(10) ? 0 : Pick(1, 1, 1, 0.5, -2);
        var over = Pick(NormalisedOver.Channels, NormalisedOver.All);
        var overCount = over == NormalisedOver.All ? shape.Features : shape.Channels;
        var groups = Pick([.. Divisors(shape.Channels)]);
        return random.Next(6) switch
        {
            0 or 1 => new BatchNorm { Epsilon = Epsilon(shape.Positions), Scale = scale },
            2 => new LayerNorm
            {
                Epsilon = Epsilon(overCount),
                Scale = scale,
                Over = over,
            },
            3 => new RmsNorm
            {
                Epsilon = Epsilon(overCount),
                Scale = scale,
                Over = over,
            },
            4 => new GroupNorm(groups) { Epsilon = Epsilon(shape.Features / groups), Scale = scale },
            _ => new InstanceNorm { Epsilon = Epsilon(shape.Positions), Scale = scale },
        };
    }

    private double Epsilon(long features) => features >= 3 && Chance(5) ? 0 : Pick(1e-5, 1e-3, 0.1, 1);

    private Activation Activation()
    {
        var kind = Chance(3) ? FunctionKind.Relu : Pick(Enum.GetValues<FunctionKind>());
        return new(kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(Pick(0.01, 0.3, -0.5)) : new Function(kind));
    }

    private Pooling? Pool(Shape shape, bool keepsPositions)
    {
        var size = Pick([
            .. new[] { 1, 2, 2, 3, 5, 7 }.Where(extent =>
                extent == 1 || (!keepsPositions && shape.Positions > 1 && Tiles(extent, shape.Height) && Tiles(extent, shape.Width))
            ),
        ]);
        return size == 1 && !Chance(8) ? null
            : Chance(2) ? new AveragePool(size)
            : new MaxPool(size);
    }

    private static bool Tiles(int window, int extent) => extent == 1 || extent % window == 0;

    private Attention? Attention(Shape shape) =>
        shape.Positions < 2 || shape.Channels > MostChannels
            ? null
            : new(Pick([.. Divisors(shape.Channels)])) { Causal = Chance(2), Parameters = Parameters() };

    private Residual Residual(Shape shape, Surroundings surroundings)
    {
        var inBranch = surroundings with { IsInBranch = true };
        var keeps = surroundings.KeepsPositions || !Chance(3);
        var branch = Chance(20) ? Layers.None : List(shape, random.Next(1, 5), inBranch with { KeepsPositions = keeps });
        var output = OutputOf(branch, shape);
        if (keeps && output != shape && Chance(2))
        {
            branch = [.. branch, Projection(shape.Channels)];
            output = shape;
        }

        return new(branch)
        {
            Skip =
                output == shape
                    ? (Chance(6) ? [.. List(shape, 1, inBranch with { KeepsPositions = true }), Projection(shape.Channels)] : Layers.None)
                    : Skip(branch, shape, output),
            BranchScale = Scale(surroundings, Pick(1, 1, 0.7, Math.Sqrt(0.5), -0.5, 0)),
            SkipScale = Scale(surroundings, Pick(1, 1, 1, 0.5, Math.Sqrt(0.5), -1)),
            Survival = Pick(1, 1, 1, 0.8, 0.5),
        };
    }

    private ResidualScale Scale(Surroundings surroundings, double constant) =>
        surroundings.IsRepeated && Chance(4) ? Pick(ResidualScale.ByDepth, ResidualScale.ByUnit) : constant;

    /// <summary>A shortcut to the shape that the branch makes: strided where one stride does, otherwise by the branch's own ways of changing shapes.</summary>
    private Layers Skip(Layers branch, Shape input, Shape output)
    {
        int[] strides =
        [
            .. Enumerable.Range(1, 11).Where(stride => ((input.Height - 1) / stride) + 1 == output.Height && ((input.Width - 1) / stride) + 1 == output.Width),
        ];
        return strides is [var stride, ..]
            ?
            [
                new Convolution(1)
                {
                    Channels = output.Channels,
                    Stride = stride,
                    Parameters = Parameters(),
                },
                .. Chance(2) ? [Norm(output, new(0, false, true, true))] : Layers.None,
            ]
            : branch;
    }

    private Dense Projection(int channels) => new() { Channels = channels, Parameters = Parameters() };

    private Repeat? Repeat(Shape shape, Surroundings surroundings)
    {
        var unit = List(shape, random.Next(1, 4), surroundings with { IsRepeated = true });
        var repeat = new Repeat(Pick(1, 2, 2, 3), unit);
        return Fits(repeat, shape) ? repeat
            : Fits(repeat with { Times = 1 }, shape) ? repeat with { Times = 1 }
            : null;
    }

    private static bool Fits(Layer layer, Shape shape)
    {
        try
        {
            _ = layer.OutputOf(shape);
            return true;
        }
        catch (InvalidNetworkException)
        {
            return false;
        }
    }

    private static Shape OutputOf(Layers layers, Shape shape) => layers.Aggregate(shape, (input, layer) => layer.OutputOf(input));

    private int Channels() => random.Next(1, MostChannels + 1);

    private static IEnumerable<int> Divisors(int number) => Enumerable.Range(1, Math.Min(number, MostChannels)).Where(divisor => number % divisor == 0);

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
