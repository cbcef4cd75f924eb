namespace Wellbehaved.Theory;

/// <summary>The scope in which a predicted kernel holds, as in docs/theory.md; a greater value means stronger assumptions.</summary>
public enum Validity
{
    /// <summary>An expectation that holds at every width.</summary>
    Exact,

    /// <summary>
    /// The limit of infinite width: deviations are of the order of depth over width. A mask over the inputs deviates by one over the number of their features.
    /// </summary>
    InfiniteWidth,

    /// <summary>The limit of infinite width and of a large batch.</summary>
    LargeBatch,
}
