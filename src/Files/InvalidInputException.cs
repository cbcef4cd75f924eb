namespace Wellbehaved.Files;

/// <summary>Something that the user gave is wrong: an option or a file.</summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>Names what is wrong and what was expected.</summary>
    /// <param name="subject">The option, as written on the command line, or the file.</param>
    /// <param name="expectation">One line: what was expected and what was found.</param>
    public InvalidInputException(string subject, string expectation)
        : base(ForeignText.OnOneLine($"{subject}: {expectation}")) => Subject = subject;

    /// <summary>Names a file that could not be read, and why.</summary>
    /// <param name="subject">The file.</param>
    /// <param name="expectation">One line: what was expected and what was found.</param>
    /// <param name="inner">What went wrong underneath.</param>
    public InvalidInputException(string subject, string expectation, Exception inner)
        : base(ForeignText.OnOneLine($"{subject}: {expectation}"), inner) => Subject = subject;

    /// <summary>The option or file.</summary>
    public string Subject { get; }
}
