namespace Wellbehaved.Theory;

/// <summary>The position of a layer's unit in its stack, the innermost repeat around it.</summary>
/// <param name="Number">Number of units of the stack before this one.</param>
/// <param name="Count">Number of units of the stack.</param>
internal readonly record struct Unit(int Number, int Count)
{
    /// <summary>The value for a layer outside of every stack.</summary>
    public static Unit Alone { get; } = new(0, 1);
}
