namespace Wellbehaved.Audit;

/// <summary>Asking a subject that was rejected already: what it fails to answer explains nothing, and changes no verdict.</summary>
internal static class Attempt
{
    /// <summary>What a search for causes finds. Verdicts stand whatever becomes of it; a failure that is not the subject's is ours, and is said.</summary>
    /// <param name="search">Searches.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static Explanation[] Search(Func<Explanation[]> search)
    {
        try
        {
            return search();
        }
        catch (Exception exception) when (exception is SubjectException or AdapterException or DeclinedException)
        {
            return [];
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not OutOfMemoryException)
        {
            return
            [
                Explanation.None(
                    "the search for causes",
                    $"a defect of ours, not of the subject's: {exception.GetType().Name}: {exception.Message}; please report it"
                ),
            ];
        }
    }

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
