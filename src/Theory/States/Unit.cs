namespace Wellbehaved.Theory;

/// <summary>Which unit of its stack a layer is in: the innermost repeat around it.</summary>
/// <param name="Number">Units of the stack before it.</param>
/// <param name="Count">Units of the stack.</param>
internal readonly record struct Unit(int Number, int Count)
{
    /// <summary>Outside of every stack.</summary>
    public static Unit Alone { get; } = new(0, 1);
}
