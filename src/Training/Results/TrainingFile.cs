namespace Wellbehaved.Training;

/// <summary>
/// The result file of training: the moments of the mappings at initialisation, as <c>run</c> writes them, and the result of training each mapping.
/// </summary>
internal static class TrainingFile
{
    /// <summary>Writes the file, completely or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan of the training.</param>
    /// <param name="initial">The moments of the same mappings at initialisation.</param>
    /// <param name="result">The result of training.</param>
    /// <returns>A line for each array that had to be left out.</returns>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static IReadOnlyList<string> Write(string path, TrainingPlan plan, ExperimentResult initial, TrainingResult result)
    {
        var (arrays, warnings) = initial.ToArrays();
        var identity = TrainingIdentity.Compute(plan);
        NpzArchive.Write(
            path,
            [.. arrays, .. result.ToArrays(identity.Training), KeyValuePair.Create(TrainingArrays.Checksum, NpyArray.From(identity.DatasetChecksum))]
        );
        return warnings;
    }

    /// <summary>Says what a file of finished training holds.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What is finished; null for a file of another kind.</returns>
    /// <exception cref="InvalidInputException">The file is not an archive, or it is damaged.</exception>
    public static JournalSummary? Summarise(string path)
    {
        if (!TrainingResult.IsIn(path))
        {
            return null;
        }

        var (network, result) = (ResultFile.Read(path).NetworkName, TrainingResult.Read(path));
        var runs = checked(result.Outcomes.Count * result.LearningRates.Count);
        return JournalSummary.OfTraining(network ?? "a network", result.LearningRates.Count, runs, runs);
    }

    /// <summary>Compares a file with the file that a plan would write.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    /// <exception cref="InvalidInputException">The file is not an archive, or it is damaged.</exception>
    public static string? DifferenceFrom(string path, TrainingPlan plan)
    {
        using var archive = IArrayCollection.Open(path);
        if (!TrainingArrays.All.All(archive.Contains) || !ConfigurationArrays.All(archive.Contains))
        {
            return "another file";
        }

        ReadingAllowance.Require(
            path,
            archive,
            [TrainingArrays.Configuration, .. ConfigurationArrays, .. archive.Names.Where(name => OptionalArrays.Contains(name))]
        );

        // Earlier versions wrote the checksum of the training images alone.
        if (
            !archive.Contains(TrainingArrays.Checksum)
            && archive.Contains(ResultArrays.DatasetChecksum)
            && Text(ResultArrays.DatasetChecksum) != plan.Images.Checksum
        )
        {
            return TrainingIdentity.OtherImages;
        }

        var mine = TrainingIdentity.Compute(plan);
        return mine.DifferenceFrom(
            mine with
            {
                Network = Text("configuration"),
                Training = Text(TrainingArrays.Configuration),
                DatasetChecksum = archive.Contains(TrainingArrays.Checksum) ? Text(TrainingArrays.Checksum) : mine.DatasetChecksum,
                MadeBy = Text("made_by"),
                Arithmetic = ResultArrays.ArithmeticOf(path, archive),
            }
        );

        string Text(string name)
        {
            try
            {
                return archive.Read(name).ToText();
            }
            catch (FormatException exception)
            {
                throw new InvalidInputException(path, $"{exception.Message} in '{name}'", exception);
            }
        }
    }

    private static IReadOnlyList<string> ConfigurationArrays { get; } = ["configuration", "made_by"];

    private static IReadOnlyList<string> OptionalArrays { get; } = [ResultArrays.Arithmetic, ResultArrays.DatasetChecksum, TrainingArrays.Checksum];
}
