namespace Wellbehaved.Files;

/// <summary>A parameter or a file that the user gave is wrong.</summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>States what is wrong and what was expected.</summary>
    /// <param name="subject">The parameter or the file.</param>
    /// <param name="expectation">One line: what was expected and what was found.</param>
    internal InvalidInputException(string subject, string expectation)
        : base(ForeignText.OnOneLine($"{subject}: {expectation}")) => Subject = subject;

    /// <summary>States which file could not be read, and why.</summary>
    /// <param name="subject">The file.</param>
    /// <param name="expectation">One line: what was expected and what was found.</param>
    /// <param name="inner">The exception that caused this one.</param>
    internal InvalidInputException(string subject, string expectation, Exception inner)
        : base(ForeignText.OnOneLine($"{subject}: {expectation}"), inner) => Subject = subject;

    /// <summary>The parameter or file.</summary>
    public string Subject { get; }
}
