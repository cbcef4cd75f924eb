using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Group norm: normalises groups of successive channels of one input over all its positions.</summary>
internal static class WrittenOutGroupNorm
{
    public static WrittenOutFeatures Propagate(GroupNorm layer, WrittenOutFeatures input)
    {
        if (input.Channels % layer.Groups != 0)
        {
            throw new ArgumentException($"expected channels that {layer.Groups} groups divide, got {input.Channels}");
        }

        return WrittenOutNormalisation.Propagate(layer, input, Sets(input, layer.Groups), centred: true);
    }

    /// <summary>The features of each input and group of channels.</summary>
    public static IEnumerable<IReadOnlyList<int>> Sets(WrittenOutFeatures input, int groups)
    {
        for (var image = 0; image < input.Images; image++)
        {
            for (var group = 0; group < groups; group++)
            {
                var set = new List<int>();
                for (var position = 0; position < input.Positions; position++)
                {
                    for (var channel = group * (input.Channels / groups); channel < (group + 1) * (input.Channels / groups); channel++)
                    {
                        set.Add(input.At((image * input.Positions) + position, channel));
                    }
                }

                yield return set;
            }
        }
    }
}
