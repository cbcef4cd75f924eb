namespace Wellbehaved.Theory;

/// <summary>How far a predicted kernel is to be trusted: the scopes of docs/theory.md, from the narrowest claim on.</summary>
public enum Validity
{
    /// <summary>An expectation that holds at every width.</summary>
    Exact,

    /// <summary>The limit of infinite width: deviations are of the order of depth over width.</summary>
    InfiniteWidth,

    /// <summary>The limit of infinite width and of a large batch.</summary>
    LargeBatch,
}
