using System.Buffers.Binary;
using System.Text;

namespace Wellbehaved.Experiments;

/// <summary>An array of NumPy in a pickle.</summary>
internal sealed class PickledArray
{
    /// <summary>Extents of the axes.</summary>
    public long[] Shape { get; set; } = [];

    /// <summary>The type of the elements in NumPy's spelling.</summary>
    public string ElementType { get; set; } = "none";

    /// <summary>Whether the first index is the fastest.</summary>
    public bool IsFortran { get; set; }

    /// <summary>Where the elements lie in the file.</summary>
    public (int Offset, int Length) Content { get; set; }
}

/// <summary>The only part of a dictionary in a pickle that is needed.</summary>
internal sealed class PickledDictionary
{
    /// <summary>Whether there is a key <c>data</c>.</summary>
    public bool HasData { get; set; }

    /// <summary>The array under the key <c>data</c>.</summary>
    public PickledArray? Array { get; set; }
}

/// <summary>Interprets those instructions of a pickle that build dictionaries, lists, texts, numbers and NumPy's arrays, and refuses all others.</summary>
/// <remarks>
/// A pickle is a program that calls functions by name. This reader knows two names, <c>numpy.core.multiarray._reconstruct</c> and <c>numpy.dtype</c>, as
/// descriptions of an array, and refuses every other name. Source: Python's <c>pickletools</c>; protocols 0 to 4, without the instructions that CIFAR's
/// files and NumPy's arrays do not need.
/// </remarks>
internal sealed class PickleReader(byte[] file)
{
    /// <summary>The greatest number of instructions; CIFAR-100 needs 210,000.</summary>
    private const int MostInstructions = 2_000_000;

    private const int LongestName = 60;
    private static readonly object Mark = new();
    private static readonly object Uninteresting = new();
    private static readonly object True = new();
    private static readonly object False = new();
    private static readonly object[] EmptyTuple = [];
    private static readonly object[] SmallNumbers = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];
    private readonly List<object> _stack = [];
    private readonly Dictionary<uint, object> _memo = [];
    private int _position;

    private sealed record Text(int Offset, int Length);

    private sealed record Function(string Name);

    private sealed record ElementType(string Spelling);

    /// <summary>Runs the pickle.</summary>
    /// <returns>The object that the pickle builds, if it is a dictionary.</returns>
    /// <exception cref="FormatException">The pickle is damaged, or uses an instruction or a name that does not describe an array.</exception>
    public PickledDictionary? ReadDictionary()
    {
        for (var i = 0; i < MostInstructions; i++)
        {
            var instruction = (char)Byte();
            if (instruction == '.')
            {
                return _position == file.Length
                    ? Pop() as PickledDictionary
                    : throw new FormatException($"expected a file of one pickle, found {file.Length - _position} bytes after it");
            }

            if (!(Constant(instruction) || Memory(instruction) || Collection(instruction) || Call(instruction)))
            {
                throw new FormatException($"expected a pickle of plain data, found instruction 0x{(int)instruction:x2} at byte {_position - 1}");
            }
        }

        throw new FormatException($"expected a pickle of at most {MostInstructions} instructions");
    }

    /// <summary>Handles instructions that push a value which is in the file.</summary>
    private bool Constant(char instruction)
    {
        switch (instruction)
        {
            case '\x80': // PROTO
                Take(1);
                return true;
            case '\x95': // FRAME
                Take(8);
                return true;
            case 'N':
                return Push(Uninteresting);
            case '\x88':
                return Push(True);
            case '\x89':
                return Push(False);
            case 'K':
                return Push(SmallNumbers[Byte()]);
            case 'M':
                return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
            case 'J':
                return Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
            case '\x8a': // LONG1
                return Push(Number(Take(Byte())));
            case 'G': // BINFLOAT
                Take(8);
                return Push(Uninteresting);
            case 'U' or 'C' or '\x8c': // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
                return PushText(Byte());
            case 'T' or 'B' or 'X': // BINSTRING, BINBYTES, BINUNICODE
                return PushText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            case '\x8d' or '\x8e': // BINUNICODE8, BINBYTES8
                return PushText(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
            default:
                return false;
        }
    }

    /// <summary>Handles instructions that store a value in the memo or push a stored value.</summary>
    private bool Memory(char instruction)
    {
        switch (instruction)
        {
            case 'q':
                _memo[Byte()] = Top();
                return true;
            case 'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                return true;
            case '\x94': // MEMOIZE
                _memo[(uint)_memo.Count] = Top();
                return true;
            case 'h':
                return Push(Kept(Byte()));
            case 'j':
                return Push(Kept(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
            default:
                return false;
        }
    }

    /// <summary>
    /// Handles instructions that build lists, tuples and dictionaries. The elements of lists are dropped; of a dictionary only 'data' is kept.
    /// </summary>
    private bool Collection(char instruction)
    {
        switch (instruction)
        {
            case '(':
                return Push(Mark);
            case '0': // POP
                Pop();
                return true;
            case ']':
                return Push(Uninteresting);
            case 'a': // APPEND
                Pop();
                return true;
            case 'e' or 'l': // APPENDS, LIST
                PopToMark();
                return instruction == 'e' || Push(Uninteresting);
            case ')':
                return Push(EmptyTuple);
            case 't':
                return Push(PopToMark());
            case '\x85' or '\x86' or '\x87': // TUPLE1 to TUPLE3
                return Push(PopMany(instruction - '\x84'));
            case '}':
                return Push(new PickledDictionary());
            case 's':
                Store(PopMany(2));
                return true;
            case 'u':
                Store(PopToMark());
                return true;
            default:
                return false;
        }
    }

    /// <summary>Handles instructions that would call a function.</summary>
    private bool Call(char instruction)
    {
        switch (instruction)
        {
            case 'c':
                var module = Line();
                return Push(Named(module, Line()));
            case '\x93': // STACK_GLOBAL
                var names = PopMany(2);
                return Push(Named(Spelled(names[0]), Spelled(names[1])));
            case 'R':
                var call = PopMany(2);
                return Push(Result(call[0], call[1]));
            case 'b':
                var state = Pop();
                Complete(Top(), state);
                return true;
            default:
                return false;
        }
    }

    private static Function Named(string module, string name) =>
        (module, name) switch
        {
            ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") or ("numpy", "ndarray" or "dtype") => new Function(name),
            _ => throw new FormatException($"expected a pickle that contains only NumPy arrays, found {Shortened($"{module}.{name}")}"),
        };

    private object Result(object function, object arguments) =>
        (function, arguments) switch
        {
            (Function { Name: "_reconstruct" }, object[] { Length: 3 }) => new PickledArray(),
            (Function { Name: "dtype" }, object[] { Length: > 0 } values) => new ElementType(Spelled(values[0])),
            _ => throw new FormatException("expected a pickle that builds NumPy's arrays, found another call"),
        };

    private static void Complete(object built, object state)
    {
        switch (built, state)
        {
            case (PickledArray array, object[] and [_, object[] shape, ElementType type, var order, Text content]) when shape.All(extent => extent is long):
                array.Shape = [.. shape.Cast<long>()];
                array.ElementType = Shortened(type.Spelling);
                array.IsFortran = order == True || order is 1L;
                array.Content = (content.Offset, content.Length);
                return;
            case (ElementType, object[]):
                return;
            default:
                throw new FormatException("expected the state of a NumPy array, found another one");
        }
    }

    private void Store(object[] pairs)
    {
        if (Top() is not PickledDictionary dictionary || pairs.Length % 2 != 0)
        {
            throw Damaged();
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is Text key && Bytes(key).SequenceEqual("data"u8))
            {
                // As text and as bytes it is one key here, and two for Python.
                dictionary.Array = dictionary.HasData ? throw new FormatException("expected one entry 'data', found two") : pairs[i + 1] as PickledArray;
                dictionary.HasData = true;
            }
        }
    }

    private ReadOnlySpan<byte> Bytes(Text text) => file.AsSpan(text.Offset, text.Length);

    private string Spelled(object value) => value is Text { Length: <= 1000 } text ? Encoding.Latin1.GetString(Bytes(text)) : throw Damaged();

    private static string Shortened(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";

    private static object Number(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            return Uninteresting;
        }

        var number = 0L;
        for (var i = littleEndian.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | littleEndian[i];
        }

        return number;
    }

    private static FormatException Damaged() => new("expected a whole pickle, found a damaged one");

    private byte Byte() => _position < file.Length ? file[_position++] : throw Damaged();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > file.Length - _position)
        {
            throw Damaged();
        }

        _position += count;
        return file.AsSpan(_position - count, count);
    }

    private string Line()
    {
        var rest = file.AsSpan(_position);
        var end = rest.IndexOf((byte)'\n');
        if (end is < 0 or > 1000)
        {
            throw Damaged();
        }

        _position += end + 1;
        return Encoding.Latin1.GetString(rest[..end]);
    }

    private bool Push(object value)
    {
        _stack.Add(value);
        return true;
    }

    private bool PushText(ulong length)
    {
        if (length > (ulong)(file.Length - _position))
        {
            throw Damaged();
        }

        _position += (int)length;
        return Push(new Text(_position - (int)length, (int)length));
    }

    private object Kept(uint index) => _memo.TryGetValue(index, out var value) ? value : throw Damaged();

    private object Top() => _stack.Count > 0 ? _stack[^1] : throw Damaged();

    private object Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object[] PopToMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
        {
            throw Damaged();
        }

        var values = PopMany(_stack.Count - mark - 1);
        Pop();
        return values;
    }

    private object[] PopMany(int count)
    {
        if (count > _stack.Count)
        {
            throw Damaged();
        }

        var values = new object[count];
        _stack.CopyTo(_stack.Count - count, values, 0, count);
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }
}
