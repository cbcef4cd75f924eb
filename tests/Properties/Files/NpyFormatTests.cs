using System.Buffers.Binary;
using System.Text;
using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public class NpyFormatTests
{
    [Law(MaxTest = 200)]
    public void A_written_array_is_read_back_unchanged(double[] values)
    {
        var array = NpyArray.From(values, values.Length);
        var copy = RoundTrip(array);
        copy.Shape.Should().Equal(array.Shape);
        copy.Bytes.ToArray().Should().Equal(array.Bytes.ToArray());
    }

    [Fact]
    public void Texts_and_numbers_without_axes_are_read_back()
    {
        RoundTrip(NpyArray.From("seed ν₂ 𝒩")).ToText().Should().Be("seed ν₂ 𝒩");
        RoundTrip(NpyArray.From([(long)42])).ToDoubles().Should().Equal(42);
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

    /// <summary>1, -1/3 and the largest double, 1e-300 and zeros, as ARM writes them; bits of the C library's conversion.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quadruple_precision_is_decoded(bool isBigEndian)
    {
        double[] expected = [1, -1.0 / 3, double.MaxValue, 1e-300, 0, -0.0, 2, double.PositiveInfinity, double.NaN];
        var elements = expected.SelectMany(value => Ordered(Quadruple(value), isBigEndian)).ToArray();

        Read(Header(isBigEndian ? ">f16" : "<f16", $"({expected.Length},)"), elements).ToDoubles().Should().Equal(expected);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(-0.5)]
    public void A_quadruple_precision_number_with_few_bits_is_not_read_as_zero(double value) =>
        Read(Header("<f16", "()"), Quadruple(value)).ToDoubles().Should().Equal(value);

    [Fact]
    public void Quadruple_numbers_are_rounded_to_the_nearest_double()
    {
        // 1 + 2⁻⁵³ lies half way and goes to the even neighbour; a bit far below that is seen.
        var half = Convert.FromHexString("00000000000000000000000000000000").ToArray();
        (half[7], half[14], half[15]) = (0x08, 0xFF, 0x3F);
        var above = half.ToArray();
        above[0] = 1;
        double[] spread = [1 / 3.0, 1 / 7.0, 1 / 11.0, 1 / 13.0];

        var read = Read(Header("<f16", "(6,)"), [.. half, .. above, .. spread.SelectMany(Quadruple)]).ToDoubles();

        read.Should().Equal([1, 1 + Math.ScaleB(1, -52), .. spread]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pairs_of_doubles_are_decoded(bool isBigEndian)
    {
        (double First, double Second)[] pairs =
        [
            (1, 1e-20),
            (-3.5, 0),
            (0, 0),
            (Math.PI, 1.2246467991473532e-16),
            (1e300, -1e280),
            (double.PositiveInfinity, 0),
        ];
        var elements = pairs.SelectMany(pair => Doubles(pair, isBigEndian)).ToArray();

        Read(Header(isBigEndian ? ">f16" : "<f16", $"({pairs.Length},)"), elements).ToDoubles().Should().Equal(pairs.Select(pair => pair.First));

        static byte[] Doubles((double First, double Second) pair, bool isBigEndian)
        {
            var bytes = new byte[16];
            var write = (int at, double value) =>
            {
                if (isBigEndian)
                {
                    BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(at), value);
                }
                else
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
                }
            };
            write(0, pair.First);
            write(8, pair.Second);
            return bytes;
        }
    }

    /// <summary>As NumPy wrote them on x86: the padding is what happened to lie in memory, pointers mostly.</summary>
    [Fact]
    public void Extended_precision_is_recognised_for_any_content_of_its_padding()
    {
        foreach (
            var (hex, expected) in new (string, double[])[]
            {
                (
                    "abaaaaaaaaaaaaaafd3f000000000000 abaaaaaaaaaaaaaafd3fce8e6d7f0000 abaaaaaaaaaaaaaafd3f342800000000 abaaaaaaaaaaaaaafd3f7c077c086602",
                    [1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0]
                ),
                ("abaaaaaaaaaaaaaafd3fce8e6d7f0000", [1 / 3.0]),
                ("abaaaaaaaaaaaaaafdbfce8e6d7f0000 abaaaaaaaaaaaaaafdbf7c077c086602", [-1 / 3.0, -1 / 3.0]),
                ("00000000000000000000510000000000 0090244992244992fc3f510000000000", [0, 1 / 7.0]),
                (
                    "0000000000000080ff7fce8e6d7f0000 00000000000000c0ff7fce8e6d7f0000 0000000000000080ff3fce8e6d7f0000",
                    [double.PositiveInfinity, double.NaN, 1]
                ),
                ("0000000000000080ff5fce8e6d7f0000 0000000000000080ff3fce8e6d7f0000", [double.PositiveInfinity, 1]),
            }
        )
        {
            var elements = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
            Read(Header("<f16", $"({expected.Length},)"), elements).ToDoubles().Should().Equal(expected, hex);
        }
    }

    [Fact]
    public void Wide_floats_of_ambiguous_format_are_refused_and_the_type_is_named()
    {
        // The leading bit is missing, so not x86; the exponent of a quadruple number is zero and its fraction is not.
        FluentActions
            .Invoking(() => Read(Header("<f16", "()"), Convert.FromHexString("01000000000000000140000000000000")))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("test: expected 16-byte floats of x86 (80 bits)*save them as float64");
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1L,2L)}")]
    [InlineData("""{"descr": "<f8", "fortran_order": False, "shape": (1, 2)}""")]
    [InlineData("{'shape': (1, 2), 'descr': u'<f8', 'fortran_order': False}")]
    public void Headers_of_Python_2_and_in_double_quotes_are_read(string header)
    {
        var array = Read(header, new byte[16]);
        array.Shape.Should().Equal(1, 2);
        array.ToString().Should().Be("<f8 (1, 2)");
    }

    [Fact]
    public void Fortran_order_in_a_header_in_double_quotes_is_respected()
    {
        byte[] content = [1, 2, 3, 4];
        Read("""{"descr": "|u1", "fortran_order": True, "shape": (2L, 2L)}""", content).ToDoubles().Should().Equal(1, 3, 2, 4);
    }

    [Theory]
    [InlineData("'<V2'", "found type '<V2' (bfloat16? save it as float32)")]
    [InlineData("'|V2'", "found type '|V2' (bfloat16? save it as float32)")]
    [InlineData("'|V7'", "bytes of no known type")]
    [InlineData("'|O'", "Python objects, which are never loaded")]
    [InlineData("'<c16'", "found type '<c16', complex numbers")]
    [InlineData("'|S5'", "texts of bytes")]
    [InlineData("'<M8[ns]'", "dates or durations")]
    [InlineData("'<f12'", "found type '<f12'")]
    [InlineData("'nonsense'", "found type 'nonsense'")]
    [InlineData("[('a', '<f8')]", "records of several fields")]
    public void An_unsupported_type_is_refused_by_name(string type, string named) =>
        FluentActions
            .Invoking(() => Read($"{{'descr': {type}, 'fortran_order': False, 'shape': (1,), }}", new byte[8]))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"test: expected an array of numbers or text of a plain type, *{named}*");

    [Fact]
    public void Reading_a_header_gives_type_and_shape_without_reading_elements()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, NpyArray.From(new double[6], 2, 3));
        stream.Position = 0;

        var header = NpyFormat.ReadHeader(stream, stream.Length, "test");

        header.ToString().Should().Be("<f8 (2, 3)");
        (header.Count, header.Bytes, header.IsFortranOrder).Should().Be((6, 48, false));
        stream.Position.Should().Be(header.Offset);
        header.Offset.Should().Be(stream.Length - header.Bytes);
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
    public void Headers_that_contradict_the_file_length_are_refused(string header, int bytes) =>
        FluentActions
            .Invoking(() => Read(header, new byte[bytes]))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .StartWith("test:")
            .And.NotContain("\n");

    /// <summary>NumPy evaluates the header, and takes the last of equal keys; another reader may take the first.</summary>
    [Theory]
    [InlineData("{'descr': '<f8', 'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", "each key once in the header of the array, found 'descr' twice")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'fortran_order': True, 'shape': (1,), }", "found 'fortran_order' twice")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), \"shape\": (1, 1), }", "found 'shape' twice")]
    [InlineData("{'descr': '<f8', 'shape': (1,), }", "expected the key 'fortran_order'")]
    [InlineData("{'fortran_order': False, 'shape': (1,), }", "expected the key 'descr'")]
    [InlineData("{'descr': '<f8', 'fortran_order': 1, 'shape': (1,), }", "expected True or False in 'fortran_order'")]
    [InlineData("{'descr': '<f8', 'fortran_order': 'True', 'shape': (1,), }", "expected True or False in 'fortran_order'")]
    [InlineData("{'descr': '<f8', 'fortran_order': None, 'shape': (1,), }", "expected True or False in 'fortran_order'")]
    [InlineData("{'descr': '<f8', 'fortran_order': Falsehood, 'shape': (1,), }", "expected True or False in 'fortran_order'")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } or more", "expected nothing after the dictionary")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }{}", "expected nothing after the dictionary")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}", "expected the keys descr, fortran_order and shape only")]
    [InlineData("{'descr': '<f8' 'fortran_order': False, 'shape': (1,), }", "expected a comma")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1 1), }", "expected extents")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': [1], }", "expected extents")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1), }", "expected a comma after a single extent")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), ", "expected a key in quotes")]
    [InlineData("x{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "expected a dictionary")]
    [InlineData("{'xdescr': '<f8', 'fortran_order': False, 'shape': (1,), }", "keys descr, fortran_order and shape only")]
    public void A_header_that_readers_may_understand_differently_is_refused(string header, string expected) =>
        FluentActions.Invoking(() => Read(header, new byte[8])).Should().Throw<InvalidInputException>().WithMessage($"test: *{expected}*");

    /// <summary>NumPy writes the padding as it finds it in memory: often a part of a double, whose bits look like the exponent of a quadruple number.</summary>
    [Theory]
    [InlineData(0x0000000000000000)]
    [InlineData(0x00007F3A12345678)]
    [InlineData(0x3FF0000000000000)]
    [InlineData(0x400921FB54442D18)]
    [InlineData(0x4059000000000000)]
    public void Extended_numbers_are_recognised_by_their_leading_bit_whatever_their_padding_holds(ulong garbage)
    {
        double[] expected = [.. Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? 1 : -1) * Math.Sqrt(i) / 3)];
        var elements = expected.SelectMany((value, i) => Extended(value, i % 3 == 0 ? 0 : garbage ^ ((ulong)i << 17))).ToArray();

        Read(Header("<f16", "(40,)"), elements).ToDoubles().Should().Equal(expected);
    }

    [Fact]
    public void Quadruple_numbers_are_not_taken_for_extended_ones()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            double[] expected = [.. Enumerable.Range(0, 30).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)))];

            Read(Header("<f16", "(30,)"), [.. expected.SelectMany(Quadruple)]).ToDoubles().Should().Equal(expected);
        }
    }

    /// <summary>Five numbers could be of either format, and the line names both.</summary>
    [Fact]
    public void Few_wide_floats_that_fit_several_formats_are_refused_and_the_formats_named()
    {
        var elements = Enumerable.Range(1, 5).SelectMany(i => Extended(i / 3.0, 0x3FF0000000000000)).ToArray();

        FluentActions
            .Invoking(() => Read(Header("<f16", "(5,)"), elements))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("test: *x86 (80 bits), IEEE quadruple precision*none or several*");
    }

    [Fact]
    public void Numbers_that_are_no_characters_are_no_text()
    {
        foreach (var number in new uint[] { 0xD800, 0x110000, 0xFFFFFFFF })
        {
            var text = Read(Header("<U2", "()"), [.. BitConverter.GetBytes((uint)'a'), .. BitConverter.GetBytes(number)]);
            FluentActions.Invoking(text.ToText).Should().Throw<FormatException>().WithMessage("*no character of Unicode*");
            FluentActions.Invoking(text.ToTexts).Should().Throw<FormatException>();
        }
    }

    [Fact]
    public void Truncated_and_foreign_files_are_refused()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, NpyArray.From([1.0, 2.0], 2));
        var whole = stream.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            FluentActions
                .Invoking(() => NpyFormat.Read(new MemoryStream(whole, 0, length), length, "test"))
                .Should()
                .Throw<InvalidInputException>("{0} bytes are not the whole file", length);
        }

        FluentActions.Invoking(() => NpyFormat.Read(new MemoryStream("PNG..............."u8.ToArray()), 18, "test")).Should().Throw<InvalidInputException>();
    }

    /// <summary>A double in IEEE quadruple precision, which holds every normal one exactly.</summary>
    private static byte[] Quadruple(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var (exponent, fraction) = ((int)(bits >> 52) & 0x7FF, (UInt128)(bits & ((1UL << 52) - 1)) << 60);
        var wide = exponent switch
        {
            0 => 0,
            0x7FF => 0x7FFF,
            _ => exponent - 1023 + 16383,
        };
        var number = ((UInt128)(bits >> 63) << 127) | ((UInt128)wide << 112) | fraction;
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>A double in the x87 format, which holds every normal one exactly, and padding: the six highest bytes of a number.</summary>
    private static byte[] Extended(double value, ulong padding)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var (wide, significand) = exponent == 0 ? (0, 0UL) : (exponent - 1023 + 16383, (1UL << 63) | ((bits & ((1UL << 52) - 1)) << 11));
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, significand);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (padding & ~0xFFFFUL) | ((bits >> 63) << 15) | (uint)wide);
        return bytes;
    }

    private static IEnumerable<byte> Ordered(byte[] littleEndian, bool isBigEndian) => isBigEndian ? littleEndian.Reverse() : littleEndian;

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
