using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Collects the moments that a deep experiment needs from each simulation: effective rank after the ReLU, ln χ and ln ν₂ at the end of each unit.
/// </summary>
internal sealed class DeepMoments
{
    private static readonly string[] Needed = ["reff_signal", "log_chi", "log_nu2_signal"];
    private readonly ExperimentOptions _options;
    private readonly NetworkInput _images;
    private readonly UnitPlace _relu;
    private readonly List<(double[] Reff, double[] LogChi, double[] LogNu2)> _simulations = [];
    private readonly List<double> _atDepth0 = [];
    private readonly List<int> _taken = [];
    private readonly MomentRange _range;
    private readonly double _unitRoundoff;
    private readonly Dictionary<int, int> _indices;

    /// <summary>Prepares to collect them.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="description">The subject's description of itself.</param>
    /// <exception cref="DeclinedException">The subject does not offer the network, or one of the moments.</exception>
    public DeepMoments(ExperimentOptions options, SubjectDescription description)
    {
        _options = options;
        options.Validate();
        var images = ImageSources.Open(options.Dataset, options.DataDir, options.Layout);
        options.ValidateFor(images);
        _images = new NetworkInput(images, options.Normalize, options.Seed);
        Network = options.Settings(images);
        var missing = Needed.FirstOrDefault(name => !description.Moments.Contains(name));
        if ((description.WhyNot(Network, given: false) ?? (missing is null ? null : $"moment {missing}")) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        LastPlace = Network.Architecture.Places[^1];
        _relu = Network.Architecture.Places.First(place => place.Kind == UnitPlaceKind.Relu);
        _unitRoundoff = description.UnitRoundoff;
        _range = MomentRange.OfSubject(Network.FeatureShape.Points, Network.FeatureShape.Channels, description.UnitRoundoff);
        Depths = options.ComputedDepths;
        _indices = Depths.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
    }

    /// <summary>The network.</summary>
    public NetworkSettings Network { get; }

    /// <summary>The place at the end of a unit.</summary>
    public UnitPlace LastPlace { get; }

    /// <summary>Depths whose moments are needed, besides depth 0.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>Weights of a simulation.</summary>
    public Weights.Own WeightsOf(int simulation) => new(_options.Seed, (uint)simulation);

    /// <summary>The normalised images and the noise of a simulation.</summary>
    public Batch InputOf(int simulation)
    {
        using var input = new SignalAndNoise<float>(Network.NetworkInput);
        _images.Fill((uint)simulation, input);
        return new Batch(Network.NetworkInput, input.TrueSignal(), input.TrueNoise());
    }

    /// <summary>Whether moments of a depth are needed.</summary>
    public bool Wants(int depth) => depth == 0 || _indices.ContainsKey(depth);

    /// <summary>Begins a simulation.</summary>
    public void Begin()
    {
        _simulations.Add((Row(), Row(), Row()));
        _atDepth0.Add(double.NaN);
        _taken.Add(0);

        double[] Row() => [.. Enumerable.Repeat(double.NaN, Depths.Count)];
    }

    /// <summary>Takes the moments of a place in the current simulation.</summary>
    public void Take(int depth, UnitPlace place, ReportedMoments moments)
    {
        var (reff, logChi, logNu2) = _simulations[^1];
        if (depth == 0)
        {
            _atDepth0[^1] = moments.LogNu2Signal;
            return;
        }

        var index = _indices[depth];
        if (place == _relu)
        {
            reff[index] = Settled(moments);
            _taken[^1]++;
        }

        if (place == LastPlace)
        {
            (logChi[index], logNu2[index]) = (moments.LogChi, moments.LogNu2Signal);
            _taken[^1]++;
        }
    }

    /// <summary>
    /// The effective rank. It is set to 1 if it is below 1 by no more than rounding allows for a subject that subtracts the mean only after summing squares.
    /// That rounding is relative to ν₂, of which little is variance in a collapsed batch: at a rank of 1 the covariance has Σq/λ = ν₂/μ₂.
    /// </summary>
    private double Settled(ReportedMoments moments)
    {
        var (rank, share) = (moments.ReffSignal, Math.Exp(moments.LogNu2Signal - moments.LogMu2Signal));
        return rank is > 0 and < 1 && double.IsFinite(share) && 1 - rank <= EffectiveRankRounding.OfReported(Network.FeatureShape, share, 1, 1, _unitRoundoff)
            ? 1
            : rank;
    }

    /// <summary>The table of all simulations whose signal stayed alive, with findings about numbers that are impossible in any simulation.</summary>
    /// <exception cref="SubjectException">A place that is needed was not shown, or was shown twice.</exception>
    public MomentTable Finish()
    {
        var wanted = 2 * Depths.Count;
        if (_taken.FindIndex(taken => taken != wanted) is var incomplete and >= 0)
        {
            var places = $"the moments of {_relu.Suffix} and {LastPlace.Suffix} at {Depths.Count} depths";
            throw new SubjectException($"expected {places}, {wanted} in all, got {_taken[incomplete]} in simulation {incomplete}");
        }

        var all = new MomentTable(
            Depths,
            _simulations.Count,
            [.. _simulations.Select(simulation => simulation.Reff)],
            [.. _simulations.Select(simulation => simulation.LogChi)],
            [.. _simulations.Select(simulation => simulation.LogNu2)],
            [.. _atDepth0],
            Died: 0
        )
        {
            DepthUnit = Network.Architecture.IsResidual ? MomentTable.Unit : MomentTable.Layer,
        };
        return MappingSort.Sorted(all, _range);
    }
}
