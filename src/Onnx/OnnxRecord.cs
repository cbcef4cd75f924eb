using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>The moments that were recorded of a network.</summary>
public sealed class OnnxRecord
{
    internal OnnxRecord(IReadOnlyList<OnnxPlace> places, IReadOnlyList<OnnxMapping> mappings) => (Places, Mappings) = (places, mappings);

    /// <summary>Places, in the order in which they are computed.</summary>
    public IReadOnlyList<OnnxPlace> Places { get; }

    /// <summary>Moments of each mapping.</summary>
    public IReadOnlyList<OnnxMapping> Mappings { get; }

    /// <summary>A moment at each place.</summary>
    /// <param name="moment">Selects the moment from a mapping and its moments at a place, as <c>(mapping, moments)
    /// => moments.Chi(mapping.Mu2InputSignal)</c>.</param>
    /// <returns>An array (mappings × places); NaN from the first place on at which a mapping has a number that is not finite.</returns>
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
public sealed class OnnxMapping
{
    internal OnnxMapping(double mu2InputSignal, IReadOnlyList<MomentSet?> moments) => (Mu2InputSignal, Moments) = (mu2InputSignal, moments);

    /// <summary>μ₂ of the signal where noise enters, which normalises χ; the noise has variance 1 there.</summary>
    public double Mu2InputSignal { get; }

    /// <summary>Moments at each place; null from the first place on at which signal or noise has a NaN or an infinity.</summary>
    public IReadOnlyList<MomentSet?> Moments { get; }

    /// <summary>Whether the first number that is not finite is a NaN (0/0) and not an infinity (an overflow).</summary>
    public bool IsNotANumber { get; internal init; }

    /// <summary>
    /// The node that computed the first number of signal or noise that is not finite, with its operator, such as <c>'log' (Log)</c>; it may be between two
    /// places. Null if all numbers are finite, or if only the square of one is not.
    /// </summary>
    public string? NotFiniteNode { get; internal init; }

    /// <summary>The first place at which signal or noise, or its square, is not finite; null if all are finite.</summary>
    public int? FirstNotFinite
    {
        get
        {
            var first = Moments.TakeWhile(moments => moments is not null).Count();
            return first == Moments.Count ? null : first;
        }
    }
}
