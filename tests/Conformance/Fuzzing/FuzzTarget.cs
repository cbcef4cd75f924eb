namespace Wellbehaved.Tests.Conformance;

/// <summary>A parser that is given spoilt input.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Seeds">Sound inputs, to be spoilt.</param>
/// <param name="Words">What inputs of this kind are made of.</param>
/// <param name="Parse">Parses; refuses by an exception that says what was expected in one line.</param>
/// <param name="AllocationPerByte">Bytes that may be allocated for each byte of the input, beside a constant.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Words, Action<byte[]> Parse, int AllocationPerByte)
{
    /// <summary>What may be allocated whatever the input: options, dictionaries, messages.</summary>
    private const long AllocationAtLeast = 4 << 20;

    /// <summary>Most bytes that an input may make the parser allocate.</summary>
    /// <param name="length">Bytes of the input.</param>
    public long MostAllocated(int length) => AllocationAtLeast + ((long)AllocationPerByte * length);
}
