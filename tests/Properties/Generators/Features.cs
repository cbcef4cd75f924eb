using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>A batch of feature vectors: Gaussian or heavy-tailed, of full or deficient rank, centred or not.</summary>
public sealed record Features(int Points, int Channels, double Scale, double Offset, int Directions, bool HeavyTailed, int Seed)
{
    public TensorShape Shape => new(Points, 1, 1, Channels);

    /// <summary>Row after row, (points × channels).</summary>
    public double[] Values()
    {
        var random = new Random(Seed);
        var rank = Math.Min(Directions, Channels);
        var mixing = Draw(random, rank * Channels);
        var factors = Draw(random, Points * rank);
        var values = new double[Points * Channels];
        for (var point = 0; point < Points; point++)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                var sum = Offset;
                for (var direction = 0; direction < rank; direction++)
                {
                    sum += factors[(point * rank) + direction] * mixing[(direction * Channels) + channel];
                }

                values[(point * Channels) + channel] = Scale * sum;
            }
        }

        return values;
    }

    private double[] Draw(Random random, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                    return HeavyTailed ? normal * normal * normal : normal;
                }),
        ];
}
