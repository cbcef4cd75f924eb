using System.Buffers.Binary;
using System.Text;
using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class NpyFormatTests
{
    [Law(MaxTest = 200)]
    public void What_is_written_is_read_back(double[] values)
    {
        var array = NpyArray.Of(values, values.Length);
        var copy = RoundTrip(array);
        copy.Shape.Should().Equal(array.Shape);
        copy.Bytes.ToArray().Should().Equal(array.Bytes.ToArray());
    }

    [Fact]
    public void Texts_and_numbers_without_axes_are_read_back()
    {
        RoundTrip(NpyArray.Of("seed ν₂ 𝒩")).ToText().Should().Be("seed ν₂ 𝒩");
        RoundTrip(NpyArray.Of([(long)42])).ToDoubles().Should().Equal(42);
    }

    [Theory]
    [InlineData("<f8", "000000000000F8BF", -1.5)]
    [InlineData(">f8", "BFF8000000000000", -1.5)]
    [InlineData("<f4", "0000C0BF", -1.5)]
    [InlineData(">f4", "BFC00000", -1.5)]
    [InlineData("<f2", "00BE", -1.5)]
    [InlineData("|i1", "FE", -2)]
    [InlineData("<i2", "FEFF", -2)]
    [InlineData(">i4", "FFFFFFFE", -2)]
    [InlineData("<i8", "FEFFFFFFFFFFFFFF", -2)]
    [InlineData("|u1", "FE", 254)]
    [InlineData("<u2", "FEFF", 65534)]
    [InlineData("<u4", "FEFFFFFF", 4294967294.0)]
    [InlineData("<u8", "0000000000000080", 9223372036854775808.0)]
    [InlineData("|b1", "01", 1)]
    [InlineData("<f16", "00000000000000C0FFBF000000000000", -1.5)]
    [InlineData(">f16", "000000000000BFFFC000000000000000", -1.5)]
    [InlineData("<f16", "0000000000000000000000000000AABB", 0)]
    [InlineData("<f16", "0000000000000080FF7F000000000000", double.PositiveInfinity)]
    [InlineData("<f16", "000000000000008000C0000000000000", -2)]
    [InlineData("<f16", "35C26821A2DA0FC90040000000000000", Math.PI)]
    public void Element_types_are_decoded(string type, string hex, double expected)
    {
        Read(Header(type, "()"), Convert.FromHexString(hex)).ToDoubles().Should().Equal(expected);
    }

    [Fact]
    public void Quadruple_precision_is_not_taken_for_extended_precision()
    {
        var array = Read(Header("<f16", "()"), Convert.FromHexString("00000000000000000000000000000040"));
        FluentActions.Invoking(() => array.ToDoubles()).Should().NotThrow("padding is ignored and zero is zero");
        var quadruple = Read(Header("<f16", "()"), Convert.FromHexString("01000000000000000140000000000000"));
        FluentActions.Invoking(() => quadruple.ToDoubles()).Should().Throw<FormatException>();
    }

    [Fact]
    public void Fortran_order_is_turned_into_C_order()
    {
        var header = "{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3, 2), }";
        var content = new byte[12 * 8];
        for (var i = 0; i < 12; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(i * 8), i);
        }

        // Element (i, j, k) lies at i + 2j + 6k.
        Read(header, content).ToDoubles().Should().Equal(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11);
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 8)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", 16)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }", 8)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 2147483647, 2147483647), }", 8)]
    [InlineData("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", 16)]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8)]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", 8)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, }", 8)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", 8)]
    [InlineData("", 8)]
    public void Headers_that_do_not_fit_are_refused(string header, int bytes) =>
        FluentActions.Invoking(() => Read(header, new byte[bytes])).Should().Throw<InvalidInputException>().Which.Message.Should().StartWith("test:").And.NotContain("\n");

    [Fact]
    public void Truncated_and_foreign_files_are_refused()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, NpyArray.Of([1.0, 2.0], 2));
        var whole = stream.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            FluentActions.Invoking(() => NpyFormat.Read(new MemoryStream(whole, 0, length), length, "test")).Should().Throw<InvalidInputException>("{0} bytes are not the whole file", length);
        }

        FluentActions.Invoking(() => NpyFormat.Read(new MemoryStream("PNG..............."u8.ToArray()), 18, "test")).Should().Throw<InvalidInputException>();
    }

    private static string Header(string type, string shape) => $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";

    private static NpyArray Read(string header, byte[] content)
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. content];
        return NpyFormat.Read(new MemoryStream(bytes), bytes.Length, "test");
    }

    private static NpyArray RoundTrip(NpyArray array)
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, array);
        (stream.Length - array.Bytes.Length).Should().Match(length => length % 64 == 0, "NumPy aligns the elements");
        stream.Position = 0;
        return NpyFormat.Read(stream, stream.Length, "test");
    }
}
