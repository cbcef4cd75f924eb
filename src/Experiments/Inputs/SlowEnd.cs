namespace Wellbehaved.Experiments;

/// <summary>
/// A file whose last bytes are read one at a time. What decompresses it reads in large parts and does not say where its stream ended; so it stops there.
/// </summary>
/// <param name="file">The file.</param>
internal sealed class SlowEnd(FileStream file) : Stream
{
    /// <summary>More than any part that a decompression reads ahead.</summary>
    private const int LengthOfEnd = 1 << 17;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => file.Position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) =>
        file.Read(buffer[..(int)Math.Min(buffer.Length, Math.Max(Math.Min(1, buffer.Length), file.Length - file.Position - LengthOfEnd))]);

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
