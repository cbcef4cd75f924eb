using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The powers of two before the terms of an attention, brought together.</summary>
/// <param name="Logits">Before products of stored queries and keys.</param>
/// <param name="QueryNoise">Before the queries' noise over the queries, relative to the largest of the three; at most 0.</param>
/// <param name="KeyNoise">The same for the keys.</param>
/// <param name="ValueNoise">The same for the values.</param>
/// <param name="OutputNoise">Before the noise of the output.</param>
internal readonly record struct AttentionExponents(int Logits, int QueryNoise, int KeyNoise, int ValueNoise, int OutputNoise)
{
    /// <summary>Powers of two of logits; beyond, a softmax is 0 or 1 as it is here, or flat.</summary>
    private const int MostLogits = 300;

    /// <summary>The power of two before products of stored queries and keys.</summary>
    public static int OfLogits(int queries, int keys) => Math.Clamp(queries + keys, -MostLogits, MostLogits);

    /// <summary>Brings them together.</summary>
    public static AttentionExponents Align<T>(SignalAndNoise<T> queries, SignalAndNoise<T> keys, SignalAndNoise<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (ofQueries, ofKeys, ofValues) = (
            queries.NoiseExponent - queries.SignalExponent,
            keys.NoiseExponent - keys.SignalExponent,
            values.NoiseExponent - values.SignalExponent
        );
        var largest = Math.Max(ofQueries, Math.Max(ofKeys, ofValues));
        var logits = OfLogits(queries.SignalExponent, keys.SignalExponent);
        return new(logits, ofQueries - largest, ofKeys - largest, ofValues - largest, largest + values.SignalExponent);
    }
}
