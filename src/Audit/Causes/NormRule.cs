using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What is normalised together.</summary>
internal enum NormGroup
{
    /// <summary>All points of a channel, as the definition says.</summary>
    Channel,

    /// <summary>The points of a channel at one position of all images.</summary>
    Position,

    /// <summary>The points of a channel in one image.</summary>
    Image,

    /// <summary>The channels of one point.</summary>
    Point,

    /// <summary>All of one image.</summary>
    WholeImage,

    /// <summary>Everything.</summary>
    Everything,
}

/// <summary>Where ε is added.</summary>
internal enum EpsilonPlace
{
    /// <summary>To the variance, under the root.</summary>
    Variance,

    /// <summary>To the standard deviation.</summary>
    Deviation,
}

/// <summary>What is done to the noise.</summary>
internal enum NoiseNorm
{
    /// <summary>It is divided as the signal is.</summary>
    Divided,

    /// <summary>It loses its mean and is divided.</summary>
    Centred,

    /// <summary>It is not changed.</summary>
    Untouched,

    /// <summary>The statistics are differentiated too.</summary>
    Differentiated,

    /// <summary>It is divided by the variance.</summary>
    DividedTwice,
}

/// <summary>A way to normalise; the definition is one of them.</summary>
/// <param name="Group">What is normalised together.</param>
/// <param name="IsUnbiased">Whether the denominator of the variance is smaller by one.</param>
/// <param name="Place">Where ε is added.</param>
/// <param name="Centres">Whether the mean is subtracted.</param>
/// <param name="DividesByMeanSquare">Whether the divisor is the root of the mean square instead of the root of the variance.</param>
internal sealed record NormRule(NormGroup Group, bool IsUnbiased, EpsilonPlace Place, bool Centres, bool DividesByMeanSquare)
{
    /// <summary>The definition.</summary>
    public static readonly NormRule Defined = new(NormGroup.Channel, false, EpsilonPlace.Variance, true, false);

    /// <summary>All rules, those that differ from the definition in fewer ways first.</summary>
    public static readonly NormRule[] All =
    [
        .. (
            from byMeanSquare in new[] { false, true }
            from place in Enum.GetValues<EpsilonPlace>()
            from unbiased in new[] { false, true }
            from centres in new[] { true, false }
            from @group in Enum.GetValues<NormGroup>()
            where !(byMeanSquare && unbiased)
            select new NormRule(@group, unbiased, place, centres, byMeanSquare)
        ).OrderBy(rule => rule.Differences),
    ];

    /// <summary>The number of ways in which it differs from the definition.</summary>
    public int Differences =>
        (Group == NormGroup.Channel ? 0 : 1)
        + (IsUnbiased ? 1 : 0)
        + (Place == EpsilonPlace.Variance ? 0 : 1)
        + (Centres ? 0 : 1)
        + (DividesByMeanSquare ? 1 : 0);

    /// <summary>The rule in words.</summary>
    public string Words
    {
        get
        {
            string?[] parts =
            [
                (Group, Centres, DividesByMeanSquare) switch
                {
                    (NormGroup.Point, true, false) => "layer norm (over the channels of a point) in the place of batch norm",
                    (NormGroup.Point, false, true) => "RMS norm in the place of batch norm",
                    (NormGroup.Image, _, _) => "statistics per image (instance norm)",
                    (NormGroup.Position, _, _) => "statistics per position",
                    (NormGroup.WholeImage, _, _) => "statistics over all channels of an image",
                    (NormGroup.Everything, _, _) => "statistics over all channels together",
                    (NormGroup.Point, _, _) => "statistics over the channels of a point",
                    (NormGroup.Channel, _, _) => null,
                    _ => throw new InvalidOperationException($"expected a group, got {Group}"),
                },
                IsUnbiased ? "a variance with P - 1 in the denominator" : null,
                Place == EpsilonPlace.Deviation ? "ε added to the standard deviation, not to the variance" : null,
                Centres || (Group == NormGroup.Point && DividesByMeanSquare) ? null : "the mean is not subtracted",
                DividesByMeanSquare && !(Group == NormGroup.Point && !Centres)
                    ? "the divisor is the root of the mean square, not the standard deviation"
                    : null,
            ];
            return string.Join(", ", parts.Where(part => part is not null));
        }
    }

    /// <summary>Normalises.</summary>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="signal">Signal.</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>For each element what is subtracted from it and what it is divided by, and the group that it is in.</returns>
    public (double[] Mean, double[] Divisor, int[] GroupOf) Statistics(TensorShape shape, double[] signal, double epsilon)
    {
        int[] groups = [.. Enumerable.Range(0, signal.Length).Select(i => GroupOf(shape, i))];
        var count = groups.Max() + 1;
        var (sizes, means, squares, deviations) = (new int[count], new double[count], new double[count], new double[count]);
        for (var i = 0; i < signal.Length; i++)
        {
            sizes[groups[i]]++;
            means[groups[i]] += signal[i];
            squares[groups[i]] += signal[i] * signal[i];
        }

        for (var g = 0; g < count; g++)
        {
            means[g] /= sizes[g];
            squares[g] /= sizes[g];
        }

        for (var i = 0; i < signal.Length; i++)
        {
            deviations[groups[i]] += Math.Pow(signal[i] - means[groups[i]], 2);
        }

        double[] divisors =
        [
            .. Enumerable
                .Range(0, count)
                .Select(g =>
                {
                    var variance = DividesByMeanSquare ? squares[g] : deviations[g] / (IsUnbiased ? Math.Max(1, sizes[g] - 1) : sizes[g]);
                    return Place == EpsilonPlace.Deviation ? Math.Sqrt(variance) + epsilon : Math.Sqrt(variance + epsilon);
                }),
        ];
        return ([.. groups.Select(g => Centres ? means[g] : 0)], [.. groups.Select(g => divisors[g])], groups);
    }

    private int GroupOf(TensorShape shape, int element)
    {
        var (point, channel) = (element / shape.Channels, element % shape.Channels);
        var positions = shape.Height * shape.Width;
        return Group switch
        {
            NormGroup.Channel => channel,
            NormGroup.Position => (point % positions * shape.Channels) + channel,
            NormGroup.Image => (point / positions * shape.Channels) + channel,
            NormGroup.Point => point,
            NormGroup.WholeImage => point / positions,
            NormGroup.Everything => 0,
            _ => throw new InvalidOperationException($"expected a group, got {Group}"),
        };
    }
}
