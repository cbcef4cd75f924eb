namespace Wellbehaved.Audit;

/// <summary>
/// Relations between answers of a subject that draws its own parameters, for any parameters: the same request has the same answer; different seeds have
/// different weights; weights do not depend on the input; and signal and noise pass through the same weights.
/// </summary>
/// <param name="subject">The subject.</param>
/// <param name="drawn">The case.</param>
internal sealed class OwnRelations(ISubject subject, GeneratedCase drawn)
{
    /// <summary>Powers of two by which seeds differ: just above a byte, just above 32 bits, and the highest bit that a seed has.</summary>
    private static readonly int[] Bits = [8, 32, 52];

    /// <summary>
    /// The fewest weights, and outputs, of two seeds that must differ. Fewer may agree by chance if digits are few; a single orthogonal weight is 1 or -1.
    /// </summary>
    private const int FewestToDiffer = 8;

    /// <summary>The largest tolerance relative to a tensor's size; a larger one would tell nothing.</summary>
    private const double WidestTolerance = 0.1;

    /// <summary>Error of algorithms that transform images, as a multiple of the error of sums of products.</summary>
    private const double Algorithms = 8;

    private readonly double _unitRoundoff = subject.Description.UnitRoundoff;
    private readonly IReadOnlyList<LinearSite> _sites = LinearSite.Collect(drawn.Network);
    private readonly Dictionary<string, ExactComparison> _byClaim = [];

    /// <summary>Asks the subject again, and compares its answers.</summary>
    /// <param name="first">The answer to the case itself.</param>
    /// <param name="found">Claims with their measurements are added, those before a failure too.</param>
    public void Compare(NetworkTrace first, ICollection<(string Claim, Measurement Measurement)> found)
    {
        var input = first.Input;
        var asks = new List<Action> { () => Repeated(first, Ask(drawn.Seed, input)), () => Exchanged(first, Ask(drawn.Seed, GeneratedCase.Exchanged(input))) };
        asks.AddRange(Bits.Select<int, Action>(bit => () => Another(first, Ask(drawn.Seed + (1UL << bit), input), bit)));
        if (drawn.Images > 1 && SeparateImages.HasSite(drawn.Network))
        {
            asks.Add(() => Separate(first));
        }

        var draws = new Draws(drawn.Seed);
        try
        {
            WithinOne(first);
            foreach (var ask in asks.OrderBy(_ => draws.Bits()).ToArray())
            {
                ask();
            }
        }
        finally
        {
            foreach (var (claim, comparison) in _byClaim.Where(pair => pair.Value.Comparisons > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                found.Add((claim, comparison.Conclude(Quantities[claim])));
            }
        }
    }

    private static readonly Dictionary<string, string> Quantities = new()
    {
        ["D8"] = "zeros after a layer without bias",
        ["I7"] = "signal and noise that are one before weights of its own",
        ["I9"] = "equal numbers for two seeds",
        ["I10"] = "the same seed and simulation",
        ["I12"] = "images that change when others do",
    };

    private NetworkTrace Ask(ulong seed, Batch input) => NetworkTrace.Record(subject, drawn.Network, drawn.Noise, new Weights.Own(seed, 0), input);

    private ExactComparison Compare(string claim)
    {
        if (!_byClaim.TryGetValue(claim, out var comparison))
        {
            _byClaim.Add(claim, comparison = new ExactComparison());
        }

        return comparison;
    }

    /// <summary>I10: the same request has the same answer, bit for bit.</summary>
    private void Repeated(NetworkTrace first, NetworkTrace again)
    {
        foreach (var (one, other) in first.Snapshots.Zip(again.Snapshots))
        {
            Same(one.Signal, other.Signal, "signal", one);
            Same(one.Noise, other.Noise, "noise", one);
        }

        void Same(double[] one, double[] other, string what, NetworkSnapshot where)
        {
            var differs = Array.FindIndex(one.Zip(other, (x, y) => x.Equals(y) && double.IsFinite(x)).ToArray(), same => !same) is >= 0 and var found
                ? found
                : 0;

            // A norm without ε has no number where all features are equal, and weights that nobody knows may make them so.
            if (one.Length > 0 && (double.IsFinite(one[differs]) || !drawn.HasBareNorm))
            {
                Compare("I10").Add(new Observed(other[differs]), new Expected(one[differs]), 0, $"{what}, {where.Where}, asked twice, {drawn.Description}");
            }
        }
    }

    /// <summary>I10: if signal and noise of the input are exchanged, the same weights give exchanged outputs.</summary>
    private void Exchanged(NetworkTrace first, NetworkTrace exchanged)
    {
        foreach (var site in Unbiased())
        {
            var (x, dx) = (InputOf(first, site), InputOf(exchanged, site));
            if (Distance(x.Signal, dx.Noise) == 0 && Distance(x.Noise, dx.Signal) == 0)
            {
                var (y, dy) = (first.Snapshots[site.Output], exchanged.Snapshots[site.Output]);
                Equal("I10", y.Signal, dy.Noise, Tolerance(site, x.Signal, 0), "what was the signal as noise", y);
                Equal("I10", y.Noise, dy.Signal, Tolerance(site, x.Noise, 0), "what was the noise as signal", y);
            }
        }
    }

    /// <summary>I12: an image depends on other images only through batch statistics.</summary>
    private void Separate(NetworkTrace first)
    {
        // Noise that is zero, or equals the signal, does not show how much the network enlarges a difference.
        var one = drawn.Input is GeneratedInput.Equal or GeneratedInput.ZeroNoise
            ? Ask(drawn.Seed, first.Input with { Noise = (drawn with { Input = GeneratedInput.Gaussian }).Batch().Noise })
            : first;
        var (other, changed) = SeparateImages.Change(one.Input, drawn.Seed);
        SeparateImages.Compare(one, Ask(drawn.Seed, other), changed, _unitRoundoff, Compare("I12"), drawn.Description);
    }

    /// <summary>I9: another seed has different weights.</summary>
    private void Another(NetworkTrace first, NetworkTrace other, int bit)
    {
        if (_sites.FirstOrDefault(site => site.Weights >= FewestToDiffer && InputOf(first, site).Signal.Any(value => value != 0)) is not { } site)
        {
            return;
        }

        var (one, two) = (first.Snapshots[site.Output], other.Snapshots[site.Output]);
        var scale = one.Signal.Max(Math.Abs);
        if (one.Signal.Length >= FewestToDiffer && scale > 0 && site.Parameters.WeightVariance > 0)
        {
            var same =
                Distance(one.Signal, two.Signal) <= Math.Sqrt(_unitRoundoff) * scale && Distance(InputOf(first, site).Signal, InputOf(other, site).Signal) == 0;
            Compare("I9")
                .Add(new Observed(same ? 1 : 0), new Expected(0), 0, $"seeds {drawn.Seed} and {drawn.Seed} + 2^{bit}, {one.Where}, {drawn.Description}");
        }
    }

    /// <summary>D8 and I7: without a bias zeros stay zeros, and noise that equals the signal stays equal to it.</summary>
    private void WithinOne(NetworkTrace trace)
    {
        foreach (var site in _sites)
        {
            var (x, y) = (InputOf(trace, site), trace.Snapshots[site.Output]);
            var isUnbiased = site.Parameters.BiasVariance == 0;
            if (isUnbiased && x.Signal.All(value => value == 0))
            {
                Compare("D8").Add(new Observed(Farthest(y.Signal)), new Expected(0), 0, $"signal, {y.Where}, {drawn.Description}");
            }

            if (x.Noise.All(value => value == 0))
            {
                Compare("D8").Add(new Observed(Farthest(y.Noise)), new Expected(0), 0, $"noise, {y.Where}, {drawn.Description}");
            }

            var apart = Distance(x.Signal, x.Noise);
            if (isUnbiased && drawn.Input == GeneratedInput.Equal)
            {
                Equal("I7", y.Signal, y.Noise, Tolerance(site, x.Signal, apart), "noise that is the signal", y);
            }
        }
    }

    private void Equal(string claim, double[] expected, double[] observed, double tolerance, string what, NetworkSnapshot where)
    {
        var size = Math.Sqrt(expected.Average(value => value * value));
        if (!(tolerance < WidestTolerance * size))
        {
            return;
        }

        var worst = 0;
        for (var i = 1; i < expected.Length; i++)
        {
            worst = Math.Abs(expected[i] - observed[i]) > Math.Abs(expected[worst] - observed[worst]) || double.IsNaN(observed[i]) ? i : worst;
        }

        Compare(claim).Add(new Observed(observed[worst]), new Expected(expected[worst]), tolerance, $"{what}, {where.Where}, {drawn.Description}");
    }

    private IEnumerable<LinearSite> Unbiased() => _sites.Where(site => site.Parameters.BiasVariance == 0);

    private static (double[] Signal, double[] Noise) InputOf(NetworkTrace trace, LinearSite site) =>
        site.Input is { } place ? (trace.Snapshots[place].Signal, trace.Snapshots[place].Noise) : (trace.Input.Signal, trace.Input.Noise);

    /// <summary>The number that is farthest from zero; what is no number is farther than any.</summary>
    private static double Farthest(double[] values) => values.MaxBy(value => double.IsNaN(value) ? double.PositiveInfinity : Math.Abs(value));

    private static double Distance(double[] one, double[] other) => one.Length == 0 ? 0 : one.Zip(other, (x, y) => Math.Abs(x - y)).Max();

    /// <summary>
    /// The largest difference of two outputs of the same weights whose inputs differ. Σ|w||x| ≤ ‖w‖‖x‖, where ‖w‖² of n weights of the stated law is below
    /// σ²(n + 14√n + 100), except once in 10²⁰ times, and ‖x‖ ≤ √n max|x|.
    /// </summary>
    private double Tolerance(LinearSite site, double[] input, double apart)
    {
        double n = site.FanIn;
        var norm = Math.Sqrt(site.Parameters.WeightVariance / n * (n + (14 * Math.Sqrt(n)) + 100)) * Math.Sqrt(n);
        return norm * (apart + (Algorithms * Roundings.Gamma((2 * (int)n) + 8, _unitRoundoff) * (input.Max(Math.Abs) + apart)));
    }
}
