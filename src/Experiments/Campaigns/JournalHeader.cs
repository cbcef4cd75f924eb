using System.Text.Json;

namespace Wellbehaved.Experiments;

/// <summary>The first bytes of a journal: which experiment its records belong to.</summary>
/// <param name="Identity">The experiment.</param>
/// <param name="Shard">The share of its simulations.</param>
/// <param name="Height">Rows of the input images.</param>
/// <param name="Width">Columns of the input images.</param>
/// <param name="Channels">Channels of the input images.</param>
internal sealed record JournalHeader(ExperimentIdentity Identity, Shard Shard, int Height, int Width, int Channels)
{
    private static ReadOnlySpan<byte> Name => "WBJRNL1\n"u8;

    /// <summary>The options of the experiment.</summary>
    /// <exception cref="InvalidOperationException">The configuration is not from this program; for a header that was read, this has been checked.</exception>
    public ExperimentOptions Options => ResultConfiguration.Read(Identity.Configuration) ?? throw new InvalidOperationException("not a configuration");

    /// <summary>The network of an experiment on an architecture; null for a described network.</summary>
    internal NetworkSettings? Settings =>
        Options is { Network: null } options ? options.Settings(new TensorShape(options.BatchSize, Height, Width, Channels)) : null;

    /// <summary>Describes a share of an experiment.</summary>
    /// <param name="options">The options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="shard">The share.</param>
    /// <returns>The header.</returns>
    public static JournalHeader Describe(ExperimentOptions options, ImageSource images, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new JournalHeader(ExperimentIdentity.Compute(options, images), shard, images.Height, images.Width, images.Channels);
    }

    /// <summary>Describes how this run differs from another one.</summary>
    /// <param name="other">The other run.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    public string? DifferenceFrom(JournalHeader other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Identity.DifferenceFrom(other.Identity) ?? (Shard == other.Shard ? null : $"shard {Shard}, not {other.Shard}");
    }

    /// <summary>Writes the header.</summary>
    internal byte[] Encode() => JournalFrame.Encode(Name, JsonSerializer.SerializeToUtf8Bytes(this, CodecOptions));

    /// <summary>Reads the header at the beginning of a stream.</summary>
    /// <param name="stream">The journal.</param>
    /// <param name="path">The name of the journal in messages.</param>
    /// <returns>The header and its bytes; null if the stream ends within the header, so that there are no records.</returns>
    /// <exception cref="InvalidInputException">The bytes are damaged, or are not those of a journal.</exception>
    internal static (JournalHeader Header, byte[] Bytes)? Read(Stream stream, string path)
    {
        if (JournalFrame.Read(stream, Name, path) is not var (bytes, content))
        {
            return null;
        }

        return (Decode(bytes.AsSpan(content)) ?? throw new InvalidInputException(path, "expected a journal of this version of wellbehaved"), bytes);
    }

    private static JsonSerializerOptions CodecOptions { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            IgnoreReadOnlyProperties = true,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
        };

    private static JournalHeader? Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            var header = JsonSerializer.Deserialize<JournalHeader>(content, CodecOptions);
            if (
                header?.Identity is not { Configuration.Length: > 0, DatasetChecksum.Length: > 0, MadeBy.Length: > 0, Arithmetic: >= ArithmeticVersion.First }
                || ResultConfiguration.Read(header.Identity.Configuration) is not { } options
                || !header.Shard.IsValid
                || header.Height < 1
                || header.Width < 1
                || header.Channels < 1
            )
            {
                return null;
            }

            if (options.Network is { } network && network.Input != new Networks.Shape(header.Height, header.Width, header.Channels))
            {
                return null;
            }

            options.ValidateFor(header.Height, header.Width, header.Channels, double.PositiveInfinity);
            return header;
        }
        catch (Exception exception) when (exception is JsonException or InvalidInputException)
        {
            return null;
        }
    }
}
