using System.Globalization;

namespace Wellbehaved.Files;

/// <summary>The dictionary in the header of NumPy's array format: a literal of Python with exactly three keys.</summary>
/// <remarks>
/// NumPy evaluates the literal, and refuses whatever is not exactly that; so does this reader, since a header that two readers understand differently gives
/// other numbers without a word. Python 2 on Windows wrote shapes as (20L, 32L), and headers that people write may have double quotes; both are read.
/// </remarks>
/// <param name="Type">The type of the elements, as NumPy spells it; null for records of several fields.</param>
/// <param name="IsFortranOrder">Whether the first index is the fastest.</param>
/// <param name="Shape">Extent along each axis.</param>
internal sealed record NpyDictionary(string? Type, bool IsFortranOrder, int[] Shape)
{
    private const string TypeKey = "descr";
    private const string OrderKey = "fortran_order";
    private const string ShapeKey = "shape";

    /// <summary>Letters of a part of the header that a message shows.</summary>
    private const int MostShown = 40;

    /// <summary>Reads the dictionary.</summary>
    /// <param name="text">The header.</param>
    /// <param name="name">The array's name in messages.</param>
    /// <exception cref="InvalidInputException">The header is not such a dictionary.</exception>
    public static NpyDictionary Parse(string text, string name)
    {
        var reader = new Reader(text, name);
        var found = new Dictionary<string, object?>();
        reader.Take('{', "a dictionary");
        while (!reader.Skip('}'))
        {
            var key = reader.Text("a key in quotes");
            reader.Take(':', $"a value of '{key}'");
            object? value = key switch
            {
                TypeKey => reader.Peek() == '[' ? reader.SkipList() : reader.Text("a type in quotes"),
                OrderKey => reader.Truth(),
                ShapeKey => reader.Shape(),
                _ => throw reader.Refused($"the keys {TypeKey}, {OrderKey} and {ShapeKey} only", $"'{ForeignText.Beginning(key, MostShown)}'"),
            };
            if (!found.TryAdd(key, value))
            {
                throw reader.Refused("each key once", $"'{key}' twice");
            }

            if (!reader.Skip(','))
            {
                reader.Take('}', "a comma or the end of the dictionary");
                break;
            }
        }

        reader.RequireEnd();
        return Array.Find([TypeKey, OrderKey, ShapeKey], key => !found.ContainsKey(key)) is { } missing
            ? throw reader.Refused($"the key '{missing}'", "a header without it")
            : new((string?)found[TypeKey], (bool)found[OrderKey]!, (int[])found[ShapeKey]!);
    }

    /// <summary>Reads parts of the literal one after the other.</summary>
    private sealed class Reader(string text, string name)
    {
        private int _at;

        public char Peek()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r')
            {
                _at++;
            }

            return _at < text.Length ? text[_at] : '\0';
        }

        public bool Skip(char sign)
        {
            var isThere = Peek() == sign && _at < text.Length;
            _at += isThere ? 1 : 0;
            return isThere;
        }

        public void Take(char sign, string expected)
        {
            if (!Skip(sign))
            {
                throw Refused(expected, Rest());
            }
        }

        /// <summary>A text in quotes, which may be marked as one of bytes or of Unicode.</summary>
        public string Text(string expected)
        {
            if (Peek() is 'u' or 'b' && _at + 1 < text.Length && text[_at + 1] is '\'' or '"')
            {
                _at++;
            }

            var quote = Peek();
            var end = quote is '\'' or '"' ? text.IndexOf(quote, _at + 1) : -1;
            if (end < 0 || text.AsSpan(_at, end - _at).IndexOfAny('\\', '\n') >= 0)
            {
                throw Refused(expected, Rest());
            }

            var content = text[(_at + 1)..end];
            _at = end + 1;
            return content;
        }

        public bool Truth()
        {
            Peek();
            foreach (var word in new[] { bool.TrueString, bool.FalseString })
            {
                if (
                    text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)
                    && !(_at + word.Length < text.Length && char.IsLetterOrDigit(text[_at + word.Length]))
                )
                {
                    _at += word.Length;
                    return word == bool.TrueString;
                }
            }

            throw Refused($"True or False in '{OrderKey}'", Rest());
        }

        /// <summary>A tuple of numbers; a tuple of one number has a comma after it.</summary>
        public int[] Shape()
        {
            const string expected = "extents below 2³¹ in parentheses in 'shape'";
            var extents = new List<int>();
            Take('(', expected);
            var hasComma = true;
            while (!Skip(')'))
            {
                Peek();
                var end = _at;
                while (end < text.Length && char.IsAsciiDigit(text[end]))
                {
                    end++;
                }

                if (!hasComma || !int.TryParse(text.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out var extent))
                {
                    throw Refused(expected, Rest());
                }

                extents.Add(extent);
                _at = end < text.Length && text[end] == 'L' ? end + 1 : end;
                hasComma = Skip(',');
            }

            return extents.Count == 1 && !hasComma ? throw Refused("a comma after a single extent", $"({extents[0]})") : [.. extents];
        }

        /// <summary>Passes over the list that describes records; what is in it does not matter, since records are not read.</summary>
        public string? SkipList()
        {
            var (depth, quote) = (0, '\0');
            for (; _at < text.Length; _at++)
            {
                var sign = text[_at];
                if (quote != '\0')
                {
                    quote = sign == quote ? '\0' : quote;
                    continue;
                }

                quote = sign is '\'' or '"' ? sign : '\0';
                depth +=
                    sign is '[' or '(' ? 1
                    : sign is ']' or ')' ? -1
                    : 0;
                if (depth == 0)
                {
                    _at++;
                    return null;
                }
            }

            throw Refused("the end of a list", "none");
        }

        public void RequireEnd()
        {
            Peek();
            if (_at < text.Length)
            {
                throw Refused("nothing after the dictionary", Rest());
            }
        }

        public InvalidInputException Refused(string expected, string found) => new(name, $"expected {expected} in the header of the array, found {found}");

        private string Rest() => _at < text.Length ? $"'{ForeignText.Beginning(text[_at..].TrimEnd(), MostShown)}'" : "the end";
    }
}
