namespace Wellbehaved.Audit;

/// <summary>Asking a subject that was rejected already: what it fails to answer explains nothing, and changes no verdict.</summary>
internal static class Attempt
{
    /// <summary>The result, or another where the subject fails.</summary>
    /// <typeparam name="T">What is asked for.</typeparam>
    /// <param name="ask">Asks.</param>
    /// <param name="otherwise">The result where it fails.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static T Or<T>(Func<T> ask, T otherwise)
    {
        try
        {
            return ask();
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not OutOfMemoryException)
        {
            return otherwise;
        }
    }
}
