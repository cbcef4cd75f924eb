namespace Wellbehaved.Experiments;

/// <summary>Writes the moments of a described network in the neutral layout, which has one column for each place of any network.</summary>
internal static class NeutralArrays
{
    /// <summary>The arrays, and a warning for each array that had to be left out.</summary>
    /// <param name="result">The result.</param>
    /// <param name="places">Its places.</param>
    public static (List<KeyValuePair<string, NpyArray>> Arrays, List<string> Warnings) Collect(ExperimentResult result, RecordedPlaces places)
    {
        var (arrays, warnings, simulations) = (new List<KeyValuePair<string, NpyArray>>(), new List<string>(), result.Simulations);
        Add(ResultArrays.Depth, NpyArray.From([.. places.Depths.Select(depth => (long)depth)], places.Count));
        Add(ResultArrays.Place, NpyArray.From([.. places.Places.Select(place => $"{place}")]));
        Add(ResultArrays.Configuration, NpyArray.From(result.Identity.Configuration));
        Add(ResultArrays.DatasetChecksum, NpyArray.From(result.Identity.DatasetChecksum));
        Add(ResultArrays.MadeBy, NpyArray.From(result.Identity.MadeBy));
        Add(ResultArrays.Arithmetic, NpyArray.From([(long)result.Identity.Arithmetic]));
        Add("mu2_signal_input", NpyArray.From([.. simulations.Select(simulation => simulation.Mu2InputSignal)], simulations.Count));
        var ends = result.Ends;
        Add(ResultArrays.Ending, NpyArray.From([.. ends.Select(end => (long)end.Ending)], simulations.Count));
        Add(ResultArrays.EndedAtDepth, NpyArray.From([.. ends.Select(end => (long)end.Depth)], simulations.Count));
        bool[] varies = [.. places.Places.Select(place => place.Shape.Positions * result.Options.BatchSize > 1)];
        foreach (var column in MomentColumns.All.Where(IsComputed))
        {
            // Over a single point nothing varies, so the number does not exist at such a place.
            var needsVariance = MomentColumns.NeedVariance.Contains(column.Name);
            var values = simulations
                .SelectMany(simulation =>
                    simulation.AtPlaces.Select((place, i) => needsVariance && !varies[i] ? double.NaN : column.Select(place[0], simulation.Mu2InputSignal))
                )
                .ToArray();
            if (column.MayOverflow && values.Where((_, i) => !needsVariance || varies[i % places.Count]).Any(value => !double.IsFinite(value)))
            {
                warnings.Add($"left out {column.Name}: it exceeds double precision (its logarithm is in log_{column.Name} where there is one)");
                continue;
            }

            Add(column.Name, NpyArray.From(values, simulations.Count, places.Count));
        }

        if (result.Options.Gradients)
        {
            GradientArrays.Add(
                arrays,
                warnings,
                string.Empty,
                [.. simulations.SelectMany(simulation => simulation.LogGradients!.Select(place => place[0]))],
                simulations.Count,
                places.Count
            );
        }

        var counted = EndingWords.Count(ends, simulations.Count, "simulation");
        if (counted.Count > 0)
        {
            warnings.Add(
                $"{string.Join("; ", counted)} (ending, ended_at_depth); from there on, vanished moments are stored as 0, their logarithms as "
                    + $"{MomentSet.LogOfZero:F1}, effective ranks as -1"
            );
        }

        return (arrays, warnings);

        void Add(string name, NpyArray array) => arrays.Add(new(name, array));

        bool IsComputed(MomentColumn column) =>
            column.Name switch
            {
                MomentColumns.ReffSignal => result.Options.ReffSignal,
                MomentColumns.ReffNoise => result.Options.ReffNoise,
                _ => true,
            };
    }
}
