namespace Wellbehaved.Experiments;

/// <summary>The moments of an experiment's simulations, and the arrays that a result file holds.</summary>
public sealed class ExperimentResult
{
    /// <summary>The result of a run.</summary>
    /// <param name="options">The options that the moments were computed with.</param>
    /// <param name="settings">The network of an architecture; null for a described network.</param>
    /// <param name="simulations">Moments of each simulation.</param>
    /// <param name="identity">The experiment that they belong to.</param>
    /// <param name="indices">Indices of the simulations, increasing.</param>
    /// <param name="shard">The share of the experiment that these are.</param>
    internal ExperimentResult(
        ExperimentOptions options,
        NetworkSettings? settings,
        IReadOnlyList<SimulationMoments> simulations,
        ExperimentIdentity identity,
        IReadOnlyList<int> indices,
        Shard shard
    )
    {
        Options = options;
        Settings = settings;
        Simulations = simulations;
        Identity = identity;
        Indices = indices;
        Shard = shard;
    }

    /// <summary>The options that the moments were computed with.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The network of an architecture; null for a described network.</summary>
    internal NetworkSettings? Settings { get; }

    /// <summary>Moments of each simulation.</summary>
    public IReadOnlyList<SimulationMoments> Simulations { get; }

    /// <summary>The experiment that they belong to.</summary>
    internal ExperimentIdentity Identity { get; }

    /// <summary>Indices of the simulations, increasing.</summary>
    internal IReadOnlyList<int> Indices { get; }

    /// <summary>The share of the experiment that these are.</summary>
    internal Shard Shard { get; }

    /// <summary>
    /// Depths at which moments were computed; for a described network, the depths of the places that form one sequence, the ends of its units.
    /// </summary>
    public IReadOnlyList<int> Depths => Recorded is { } places ? [.. places.Ends.Select(end => places.Depths[end])] : Options.ComputedDepths;

    /// <summary>How each simulation ended, if it ended before the last depth.</summary>
    public IReadOnlyList<MappingEnd> Ends =>
        Recorded is { } places
            ? [.. Simulations.Select(simulation => simulation.End(places, Options.BatchSize))]
            : [.. Simulations.Select(simulation => simulation.End(Depths, Varies))];

    /// <summary>Whether there is more than one point at the end of each unit, so that the signal can vary over points.</summary>
    internal bool Varies => Recorded is { } places ? places.Varies : Architectural.FeatureShape.Points > 1;

    /// <summary>H, the number of layers in a branch, for a network of residual units with identity skips; null for all others.</summary>
    internal int? ResidualDepth =>
        Recorded is { } places ? places.ResidualDepth(Options.Network!)
        : Architectural.Architecture.IsResidual ? Architectural.Architecture.ResidualDepth
        : null;

    /// <summary>Whether depths count units; otherwise they count layers.</summary>
    internal bool DepthsCountUnits => Recorded?.CountsUnits ?? Architectural.Architecture.IsResidual;

    /// <summary>The last place of a unit of an architecture.</summary>
    /// <exception cref="InvalidOperationException">The network is a described one.</exception>
    public UnitPlace LastPlace => Architectural.Architecture.Places[^1];

    /// <summary>The place where effective ranks of an architecture are computed.</summary>
    /// <exception cref="InvalidOperationException">The network is a described one.</exception>
    public UnitPlace ReluPlace => Architectural.Architecture.Places.First(place => place.Kind == UnitPlaceKind.Relu);

    private RecordedPlaces? Recorded => Options.RecordedPlaces;

    private NetworkSettings Architectural => Settings ?? throw new InvalidOperationException("expected an architecture, got a described network");

    /// <summary>One number of each set of moments at the end of each unit.</summary>
    /// <param name="selector">Selects the number; the second argument is μ₂(x⁰).</param>
    /// <returns>Numbers (simulations × <see cref="Depths"/>).</returns>
    public double[][] SelectAtEnds(Func<MomentSet, double, double> selector) =>
        Recorded is { } places ? Select(places.Ends, selector) : Select(LastPlace, selector);

    /// <summary>One number of each set of moments where effective ranks are computed, after the first activation of each unit.</summary>
    /// <param name="selector">Selects the number; the second argument is μ₂(x⁰).</param>
    /// <returns>Numbers (simulations × <see cref="Depths"/>).</returns>
    public double[][] SelectAtRanks(Func<MomentSet, double, double> selector) =>
        Recorded is { } places ? Select(places.Ranks, selector) : Select(ReluPlace, selector);

    private double[][] Select(IReadOnlyList<int> places, Func<MomentSet, double, double> selector) =>
        [.. Simulations.Select(simulation => places.Select(place => selector(simulation.AtPlaces[place][0], simulation.Mu2InputSignal)).ToArray())];

    /// <summary>One number of each set of moments at a place of an architecture.</summary>
    /// <param name="place">The place.</param>
    /// <param name="selector">Selects the number; the second argument is μ₂(x⁰).</param>
    /// <returns>Numbers (simulations × computed depths).</returns>
    public double[][] Select(UnitPlace place, Func<MomentSet, double, double> selector) =>
        [.. Simulations.Select(simulation => simulation.AtPlaces[place.Number - 1].Select(moments => selector(moments, simulation.Mu2InputSignal)).ToArray())];

    /// <summary>The arrays of the result file, and a warning for each array that had to be left out.</summary>
    /// <returns>Arrays by name, and warnings.</returns>
    internal (IReadOnlyList<KeyValuePair<string, NpyArray>> Arrays, IReadOnlyList<string> Warnings) ToArrays()
    {
        var (arrays, warnings) = MomentArrays();
        return ([.. arrays, .. ResultArrays.Extent(Indices, Options.NumSims, Shard)], warnings);
    }

    /// <summary>The same without the arrays that list the simulations, whose length is that of the experiment.</summary>
    internal (List<KeyValuePair<string, NpyArray>> Arrays, List<string> Warnings) MomentArrays()
    {
        if (Recorded is { } places)
        {
            var neutral = NeutralArrays.Collect(this, places);
            return Options.RepeatedUnit is { } unit ? neutral with { Arrays = unit.Split(neutral.Arrays) } : neutral;
        }

        var arrays = new List<KeyValuePair<string, NpyArray>>();
        var warnings = new List<string>();
        Add(ResultArrays.Depth, NpyArray.From([.. Depths.Select(depth => (long)depth)], Depths.Count));
        Add(ResultArrays.ResDepth, NpyArray.From([(long)Options.ResDepth]));
        Add(ResultArrays.Configuration, NpyArray.From(Identity.Configuration));
        Add(ResultArrays.DatasetChecksum, NpyArray.From(Identity.DatasetChecksum));
        Add(ResultArrays.MadeBy, NpyArray.From(Identity.MadeBy));
        Add(ResultArrays.Arithmetic, NpyArray.From([(long)Identity.Arithmetic]));
        Add("mu2_signal_input", PerSimulation(simulation => simulation.Mu2InputSignal));
        Add("nu2_signal_depth0", PerSimulation(simulation => simulation.AtDepth0.Nu2Signal));
        Add("mu2_signal_depth0", PerSimulation(simulation => simulation.AtDepth0.Mu2Signal));
        Add("mu2_noise_depth0", PerSimulation(simulation => simulation.AtDepth0.Mu2Noise));
        Add("died_at_depth", NpyArray.From([.. Simulations.Select(simulation => (long)(simulation.DiedAtDepth ?? -1))], Simulations.Count));
        var ends = Ends;
        Add(ResultArrays.Ending, NpyArray.From([.. ends.Select(end => (long)end.Ending)], Simulations.Count));
        Add(ResultArrays.EndedAtDepth, NpyArray.From([.. ends.Select(end => (long)end.Depth)], Simulations.Count));
        var left = Columns().ToList();
        if (left.Count < MomentColumns.All.Count && !Varies)
        {
            warnings.Add(
                $"left out {string.Join(", ", MomentColumns.NeedVariance)}: a single point has no variance (use a larger "
                    + $"{ParameterName.Spell(nameof(ExperimentOptions.BatchSize))} for them)"
            );
        }

        foreach (var column in left)
        {
            foreach (var place in Architectural.Architecture.Places)
            {
                var name = $"{column.Name}_{place.Suffix}";
                var values = Select(place, column.Select).SelectMany(row => row).ToArray();
                if (column.MayOverflow && !values.All(double.IsFinite))
                {
                    warnings.Add($"left out {name}: it exceeds double precision (its logarithm is in log_{column.Name}_{place.Suffix} where there is one)");
                    continue;
                }

                Add(name, NpyArray.From(values, Simulations.Count, Depths.Count));
            }
        }

        foreach (var place in Options.Gradients ? Architectural.Architecture.Places : [])
        {
            GradientArrays.Add(
                arrays,
                warnings,
                $"_{place.Suffix}",
                [.. Simulations.SelectMany(simulation => simulation.LogGradients![place.Number - 1])],
                Simulations.Count,
                Depths.Count
            );
        }

        var counted = EndingWords.Count(ends, Simulations.Count, "simulation");
        if (counted.Count > 0)
        {
            warnings.Add(
                $"{string.Join("; ", counted)} (ending, ended_at_depth); from there on, vanished moments are stored as 0, their logarithms as "
                    + $"{MomentSet.LogOfZero:F1}, effective ranks as -1"
            );
        }

        return (arrays, warnings);

        void Add(string name, NpyArray array) => arrays.Add(new(name, array));
    }

    private IEnumerable<MomentColumn> Columns() =>
        MomentColumns
            .All.Where(column => column.Name != MomentColumns.ReffSignal || Options.ReffSignal)
            .Where(column => column.Name != MomentColumns.ReffNoise || Options.ReffNoise)
            .Where(column => Varies || !MomentColumns.NeedVariance.Contains(column.Name));

    private NpyArray PerSimulation(Func<SimulationMoments, double> selector) => NpyArray.From([.. Simulations.Select(selector)], Simulations.Count);
}
