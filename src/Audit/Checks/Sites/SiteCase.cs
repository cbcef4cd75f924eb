using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A described network and the number of inputs in its batches, on which claims on sites are checked.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">Number of inputs in a batch.</param>
internal sealed record SiteCase(Network Network, int Images)
{
    /// <summary>The case in words, for messages.</summary>
    public string Description => FormattableString.Invariant($"{Network.Name}, {Images} inputs of {Network.Input}");

    /// <summary>The families of its layers. Flatten is not among them: it moves no numbers and has no place.</summary>
    public IReadOnlySet<LayerFamily> Families { get; } =
        LayerFamilies.All(Network.Layers).Where(layer => layer is not Flatten).Select(LayerFamilies.FamilyOf).ToHashSet();

    /// <summary>The kinds of noise that differ in it: that of the mapping, and the full one if there is a batch norm.</summary>
    public IReadOnlyList<NoiseKind> Noises => Families.Contains(LayerFamily.BatchNorm) ? [NoiseKind.Mapping, NoiseKind.Full] : [NoiseKind.Mapping];

    /// <summary>Normal numbers times a scale plus a mean, and noise of the inverse scale; the same for every subject.</summary>
    public Batch Input(ulong seed, double mean = 0, double scale = 1)
    {
        var normal = Batch.Gaussian(Network, Images, seed, 0);
        return normal with { Signal = InSingle(normal.Signal, value => scale * (value + mean)), Noise = InSingle(normal.Noise, value => value / scale) };

        static double[] InSingle(double[] values, Func<double, double> of) => Array.ConvertAll(values, value => (double)(float)of(value));
    }

    /// <summary>
    /// Parameters by the laws of the description, drawn by the auditor. In place of orthogonal weights it draws normal ones, since any weights may be given.
    /// Of several branches that survive by chance one at least does and one at least does not.
    /// </summary>
    public IReadOnlyList<double[]> Parameters(ulong seed)
    {
        var all = new List<double[]>();
        var points = ((IEnumerable<int>)PointsOfMasks()).GetEnumerator();
        var survivals = new List<int>();
        foreach (var tensor in ParameterList.Enumerate(Network))
        {
            var index = (uint)all.Count;
            if (tensor.Kind == ParameterKind.Survival)
            {
                survivals.Add(all.Count);
            }

            all.Add(
                tensor.Kind switch
                {
                    ParameterKind.Weights or ParameterKind.Biases => Normal(checked((int)tensor.Length), Math.Sqrt(tensor.Variance), index),
                    ParameterKind.Mask when tensor.Layer is Dropout dropout =>
                    [
                        .. Uniform(MaskLength(tensor), index).Select(value => value < dropout.Keep ? (double)(float)(1 / dropout.Keep) : 0),
                    ],
                    ParameterKind.Survival when tensor.Layer is Residual residual =>
                    [
                        .. Uniform(1, index).Select(value => value < residual.Survival ? 1.0 : 0),
                    ],
                    _ => throw new UnknownLayerException(tensor.Layer),
                }
            );
        }

        if (survivals.Count > 1 && survivals.All(index => all[index][0] == all[survivals[0]][0]))
        {
            var flipped = all[survivals[(int)(Mixing.Mix(seed) % (ulong)survivals.Count)]];
            flipped[0] = 1 - flipped[0];
        }

        return all;

        int MaskLength(ParameterTensor tensor)
        {
            points.MoveNext();
            return tensor.FanIn == 1 ? tensor.Outputs : points.Current * tensor.Outputs;
        }

        double[] Normal(int count, double deviation, uint index)
        {
            var values = new double[count];
            new RandomNumbers(seed, 0, index, RandomPurpose.Weights).FillNormal<double>(values, deviation);
            return values;
        }

        IEnumerable<double> Uniform(int count, uint index)
        {
            var state = Mixing.Mix(seed ^ Mixing.Mix(~(ulong)index));
            for (var i = 0; i < count; i++)
            {
                state = Mixing.Mix(state);
                yield return Math.ScaleB(state >> 11, -53);
            }
        }
    }

    /// <summary>Points of the features that each dropout reads, in the order of propagation.</summary>
    private int[] PointsOfMasks()
    {
        var shape = Network.Input;
        return PointsOf(Network.Layers, () => shape, made => shape = made).ToArray();

        IEnumerable<int> PointsOf(Networks.Layers layers, Func<Shape> current, Action<Shape> make)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        foreach (var points in Enumerable.Range(0, repeat.Times).SelectMany(_ => PointsOf(repeat.Unit, current, make)))
                        {
                            yield return points;
                        }

                        break;
                    case Residual residual:
                        var input = current();
                        foreach (var points in PointsOf(residual.Branch, current, make))
                        {
                            yield return points;
                        }

                        make(input);
                        foreach (var points in PointsOf(residual.Skip, current, make))
                        {
                            yield return points;
                        }

                        break;
                    default:
                        if (layer is Dropout)
                        {
                            yield return checked((int)(Images * current().Positions));
                        }

                        make(layer.OutputOf(current()));
                        break;
                }
            }
        }
    }
}
