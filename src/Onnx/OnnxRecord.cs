using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>What was recorded of a network.</summary>
/// <param name="Places">Places, in the order in which they are computed.</param>
/// <param name="Mappings">Moments of each mapping.</param>
public sealed record OnnxRecord(IReadOnlyList<OnnxPlace> Places, IReadOnlyList<OnnxMapping> Mappings)
{
    /// <summary>A moment at each place.</summary>
    /// <param name="moment">Takes a mapping and the moments of a place of it, such as <c>(mapping, moments) => moments.Chi(mapping.Mu2InputSignal)</c>.</param>
    /// <returns>An array (mappings × places); NaN from where a mapping holds what is no finite number.</returns>
    public double[,] Table(Func<OnnxMapping, MomentSet, double> moment)
    {
        ArgumentNullException.ThrowIfNull(moment);
        var table = new double[Mappings.Count, Places.Count];
        for (var i = 0; i < Mappings.Count; i++)
        {
            for (var k = 0; k < Places.Count; k++)
            {
                table[i, k] = Mappings[i].Moments[k] is { } moments ? moment(Mappings[i], moments) : double.NaN;
            }
        }

        return table;
    }
}

/// <summary>The moments of a mapping.</summary>
/// <param name="Mu2InputSignal">μ₂ of the signal where noise enters, by which χ is normalised: the noise has variance 1 there.</param>
/// <param name="Moments">Moments at each place; null from the first place on where signal or noise holds a NaN or an infinity.</param>
public sealed record OnnxMapping(double Mu2InputSignal, IReadOnlyList<MomentSet?> Moments)
{
    /// <summary>Whether it was no number that was met there first (0/0), and not one beyond all (an overflow).</summary>
    public bool IsNotANumber { get; init; }

    /// <summary>
    /// The node that gave the first number that is not finite, of signal or noise, with its operator, such as <c>'log' (Log)</c>: it may stand between two
    /// places. Null if all numbers are finite, or if only the square of one is not.
    /// </summary>
    public string? NotFiniteNode { get; init; }

    /// <summary>The first place where signal or noise is no finite number, or where its square is none; null if all are.</summary>
    public int? FirstNotFinite
    {
        get
        {
            var first = Moments.TakeWhile(moments => moments is not null).Count();
            return first == Moments.Count ? null : first;
        }
    }
}
