using System.Buffers.Binary;

namespace Wellbehaved.Experiments;

/// <summary>The record of a finished simulation in a journal.</summary>
/// <remarks>
/// It holds the index, the start of its process and the time at which it was finished (in milliseconds since 1970), the moments bit for bit, and a CRC-64 of
/// these and of the header's checksum. So no record is taken for one of another experiment, and every change within 64 bits is detected.
/// </remarks>
/// <param name="Index">Index of the simulation.</param>
/// <param name="Started">When the process that computed it began to work.</param>
/// <param name="Finished">When the simulation was finished.</param>
/// <param name="Moments">Its moments.</param>
internal sealed record JournalRecord(int Index, DateTimeOffset Started, DateTimeOffset Finished, SimulationMoments Moments)
{
    private const int LengthOfStart = sizeof(int) + (2 * sizeof(long)) + sizeof(double) + sizeof(int);

    /// <summary>The end of the year 2999, in milliseconds since 1970.</summary>
    private const long LastTime = 32_503_680_000_000;

    /// <summary>Length of a record in bytes, the same for all records of an experiment.</summary>
    public static long Length(ExperimentOptions options)
    {
        var (places, depths, gradients) = Extent(options);
        var sets = 1 + ((long)places * depths);
        return LengthOfStart + (sets * MomentSet.EncodedLength) + (gradients ? (sets - 1) * sizeof(double) : 0) + JournalFrame.LengthOfChecksum;
    }

    /// <summary>Writes the record.</summary>
    /// <param name="bytes">Receives the record.</param>
    /// <param name="headerBytes">The journal's header.</param>
    public void Encode(Span<byte> bytes, ReadOnlySpan<byte> headerBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[4..], Started.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(bytes[12..], Finished.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[20..], Moments.Mu2InputSignal);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], Moments.DiedAtDepth ?? -1);
        var rest = bytes[LengthOfStart..];
        foreach (var moments in Moments.AtPlaces.SelectMany(place => place).Prepend(Moments.AtDepth0))
        {
            moments.Encode(rest);
            rest = rest[MomentSet.EncodedLength..];
        }

        foreach (var gradient in (Moments.LogGradients ?? []).SelectMany(place => place))
        {
            BinaryPrimitives.WriteDoubleLittleEndian(rest, gradient);
            rest = rest[sizeof(double)..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(rest, JournalFrame.Checksum(bytes[..^JournalFrame.LengthOfChecksum], headerBytes));
    }

    /// <summary>Reads a record.</summary>
    /// <param name="bytes">The record, of the length that the options determine.</param>
    /// <param name="headerBytes">The journal's header.</param>
    /// <param name="extent">The value of <see cref="Extent"/> for the experiment.</param>
    /// <returns>The record; null if it is damaged, or if a field has a value that no run writes.</returns>
    public static JournalRecord? Decode(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> headerBytes, (int Places, int Depths, bool Gradients) extent)
    {
        if (
            JournalFrame.Checksum(bytes[..^JournalFrame.LengthOfChecksum], headerBytes)
            != BinaryPrimitives.ReadUInt64LittleEndian(bytes[^JournalFrame.LengthOfChecksum..])
        )
        {
            return null;
        }

        var (started, finished) = (TimeAt(bytes[4..]), TimeAt(bytes[12..]));
        var (mu2, died) = (BinaryPrimitives.ReadDoubleLittleEndian(bytes[20..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]));
        if (started is null || finished is null || mu2 < 0 || died < -1)
        {
            return null;
        }

        var rest = bytes[LengthOfStart..];
        var atDepth0 = Next(ref rest);
        var atPlaces = new MomentSet[extent.Places][];
        for (var place = 0; place < atPlaces.Length; place++)
        {
            atPlaces[place] = new MomentSet[extent.Depths];
            for (var i = 0; i < atPlaces[place].Length; i++)
            {
                atPlaces[place][i] = Next(ref rest);
            }
        }

        var gradients = extent.Gradients ? new double[extent.Places][] : null;
        for (var place = 0; place < gradients?.Length; place++)
        {
            gradients[place] = new double[extent.Depths];
            for (var i = 0; i < extent.Depths; i++, rest = rest[sizeof(double)..])
            {
                gradients[place][i] = BinaryPrimitives.ReadDoubleLittleEndian(rest);
            }
        }

        return new JournalRecord(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            started.Value,
            finished.Value,
            new SimulationMoments(mu2, atDepth0, atPlaces, died < 0 ? null : died) { LogGradients = gradients }
        );
    }

    /// <summary>The numbers of places and of depths at each place for which a simulation has moments, and whether it has gradients there.</summary>
    public static (int Places, int Depths, bool Gradients) Extent(ExperimentOptions options) =>
        options.RecordedPlaces is { } places
            ? (places.Count, 1, options.Gradients)
            : (options.NamedArchitecture.Places.Length, options.NumComputations, options.Gradients);

    /// <summary>A time in milliseconds since 1970; null for one that no clock shows.</summary>
    private static DateTimeOffset? TimeAt(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadInt64LittleEndian(bytes) is >= 0 and <= LastTime and var time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

    private static MomentSet Next(ref ReadOnlySpan<byte> rest)
    {
        var moments = MomentSet.Decode(rest);
        rest = rest[MomentSet.EncodedLength..];
        return moments;
    }
}
