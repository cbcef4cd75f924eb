using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Gathers what a deep experiment needs of each simulation: the effective rank behind the ReLU, and ln χ and ln ν₂ at the end of each unit.</summary>
internal sealed class DeepMoments
{
    private static readonly string[] Needed = ["reff_signal", "log_chi", "log_nu2_signal"];
    private readonly ExperimentOptions _options;
    private readonly NetworkInput _images;
    private readonly Place _relu;
    private readonly List<(double[] Reff, double[] LogChi, double[] LogNu2)> _simulations = [];
    private readonly List<double> _atDepth0 = [];

    /// <summary>Prepares.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="description">What the subject reports.</param>
    /// <exception cref="DeclinedException">The subject lacks the network or one of the moments.</exception>
    public DeepMoments(ExperimentOptions options, SubjectDescription description)
    {
        _options = options;
        options.Validate();
        var images = ImageSources.Open(options.Dataset, options.DataDir);
        options.ValidateFor(images);
        _images = new NetworkInput(images, options.Normalize, options.Seed);
        Network = options.Settings(images);
        var missing = Needed.FirstOrDefault(name => !description.Moments.Contains(name));
        if ((description.WhyNot(Network, given: false) ?? (missing is null ? null : $"moment {missing}")) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        LastPlace = Network.Architecture.Places[^1];
        _relu = Network.Architecture.Places.First(place => place.Kind == PlaceKind.Relu);
        Depths = [.. Enumerable.Range(1, options.NumComputations).Select(i => i * options.DepthInterval)];
    }

    /// <summary>The network.</summary>
    public NetworkSettings Network { get; }

    /// <summary>The end of a unit.</summary>
    public Place LastPlace { get; }

    /// <summary>Depths of which moments are needed, beside depth 0.</summary>
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
    public bool Wants(int depth) => depth % _options.DepthInterval == 0;

    /// <summary>Begins a simulation.</summary>
    public void Begin()
    {
        _simulations.Add((Row(), Row(), Row()));
        _atDepth0.Add(double.NaN);

        double[] Row() => [.. Enumerable.Repeat(double.NaN, Depths.Count)];
    }

    /// <summary>Takes the moments of a place of the simulation begun last.</summary>
    public void Take(int depth, Place place, ReportedMoments moments)
    {
        var ((reff, logChi, logNu2), index) = (_simulations[^1], (depth / _options.DepthInterval) - 1);
        if (depth == 0)
        {
            _atDepth0[^1] = moments.LogNu2Signal;
            return;
        }

        if (place == _relu)
        {
            reff[index] = moments.ReffSignal;
        }

        if (place == LastPlace)
        {
            (logChi[index], logNu2[index]) = (moments.LogChi, moments.LogNu2Signal);
        }
    }

    /// <summary>The table of all simulations whose signal stayed alive.</summary>
    public MomentTable Finish()
    {
        var alive = Enumerable.Range(0, _simulations.Count).Where(i => !double.IsNegativeInfinity(_simulations[i].LogNu2[^1]) && _simulations[i].LogNu2[^1] != MomentSet.LogOfZero).ToArray();
        return new MomentTable(
            Depths,
            alive.Length,
            [.. alive.Select(i => _simulations[i].Reff)],
            [.. alive.Select(i => _simulations[i].LogChi)],
            [.. alive.Select(i => _simulations[i].LogNu2)],
            [.. alive.Select(i => _atDepth0[i])],
            _simulations.Count - alive.Length);
    }
}
