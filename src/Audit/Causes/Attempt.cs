namespace Wellbehaved.Audit;

/// <summary>Asks a subject that was already rejected. If it fails to answer, this explains nothing and changes no verdict.</summary>
internal static class Attempt
{
    /// <summary>
    /// Runs a search for causes. Its result changes no verdict; a failure that is not the subject's is a defect of ours, and is reported as such.
    /// </summary>
    /// <param name="search">The search.</param>
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

    /// <summary>The subject's answer, or another result where the subject fails.</summary>
    /// <typeparam name="T">What is asked for.</typeparam>
    /// <param name="ask">Asks the subject.</param>
    /// <param name="otherwise">The result if the subject fails.</param>
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
