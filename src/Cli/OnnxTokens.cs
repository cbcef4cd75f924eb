using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The file of <c>--tokens</c>: sequences of tokens, or one long text, of which each mapping draws.</summary>
internal sealed class OnnxTokens
{
    private const string Option = "--tokens";

    private readonly NpyArray _array;
    private readonly double[] _values;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidInputException">It holds no tokens: text, fractions, negative numbers, no numbers at all, or other axes than one or
    /// two.</exception>
    public OnnxTokens(string path)
    {
        _array = NpyFormat.ReadFile(path);
        if (_array.Shape is not ([> 0] or [> 0, > 0]))
        {
            throw new InvalidInputException(Option, $"expected an array (sequences, length), or one sequence, with at least one token, got {_array}");
        }

        if (_array.ElementType.Kind is not ('i' or 'u' or 'f' or 'b'))
        {
            throw new InvalidInputException(Option, $"expected an array of whole numbers, got {_array}");
        }

        _values = _array.ToDoubles();
        Require(token => token >= 0 && token <= long.MaxValue && token == Math.Floor(token), "expected whole numbers of at least 0");
    }

    /// <summary>Requires that an input takes all of them, and that they are enough for one of its sequences.</summary>
    /// <param name="input">An input of tokens.</param>
    /// <exception cref="InvalidInputException">It does not.</exception>
    public void RequireFor(OnnxInput input)
    {
        var length = LengthOf(input);
        if (_array.Shape[^1] < length)
        {
            throw new InvalidInputException(
                Option,
                $"expected an array (sequences, length) with at least {length} tokens in each sequence, or one sequence of at least that length, got {_array}"
            );
        }

        Require(
            token => token < input.Tokens,
            string.Create(CultureInfo.InvariantCulture, $"expected whole numbers from 0 to {input.Tokens - 1}, which '{input.Name}' takes")
        );
    }

    /// <summary>Rows of a table of sequences, or pieces of one long sequence, chosen at random.</summary>
    /// <param name="input">An input of tokens that takes them.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Number of the mapping.</param>
    public float[] Choose(OnnxInput input, ulong seed, uint simulation)
    {
        var (rows, length) = ((int)input.Shape[0], (int)LengthOf(input));
        var (sequences, stride) = _array.Shape is [var count, var each] ? (count, each) : (_array.Shape[0] - length + 1, 1);
        var stream = new RandomNumbers(seed, simulation, 0, RandomPurpose.BatchSelection);
        var chosen = new float[rows * length];
        for (var row = 0; row < rows; row++)
        {
            var first = (int)(((ulong)stream.Block((uint)row).Word0 * (ulong)sequences) >> 32) * stride;
            for (var i = 0; i < length; i++)
            {
                chosen[(row * length) + i] = (float)_values[first + i];
            }
        }

        return chosen;
    }

    private static long LengthOf(OnnxInput input) => input.Shape.Skip(1).Aggregate(1L, (product, extent) => product * extent);

    private void Require(Predicate<double> isToken, string expected)
    {
        if (Array.FindIndex(_values, value => !isToken(value)) is >= 0 and var wrong)
        {
            throw new InvalidInputException(Option, string.Create(CultureInfo.InvariantCulture, $"{expected}, got {_values[wrong]}"));
        }
    }
}
