using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The powers of two of the terms of attention, after they are brought to common units.</summary>
/// <param name="Logits">That of products of stored queries and keys.</param>
/// <param name="QueryNoise">That of the queries' noise divided by the queries, relative to the largest of the three; at most 0.</param>
/// <param name="KeyNoise">The same for the keys.</param>
/// <param name="ValueNoise">The same for the values.</param>
/// <param name="OutputNoise">That of the output's noise.</param>
internal readonly record struct AttentionExponents(int Logits, int QueryNoise, int KeyNoise, int ValueNoise, int OutputNoise)
{
    /// <summary>Greatest magnitude of the logits' power of two; beyond it the softmax no longer changes: it is 0 or 1, or uniform.</summary>
    private const int MostLogits = 300;

    /// <summary>The power of two of products of stored queries and keys.</summary>
    public static int OfLogits(int queries, int keys) => Math.Clamp(queries + keys, -MostLogits, MostLogits);

    /// <summary>Computes common units for queries, keys and values.</summary>
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
