using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>Random tables of laws at, near and well inside the borders of the words of a diagnosis, with what is true of each.</summary>
/// <remarks>
/// What is true is computed here from the law alone: the gains of ln χ, of the directions and of the share over the doublings of depth, and the variance of
/// their walk. The diagnosis is not used for it.
/// At a border, a word that says something about either side is wrong. For uneven laws (steps, bends) no law is to be named, unless the rate rises from
/// stretch to stretch. Inside, the law lies a factor of two from the border, or its shape a quarter or a half, and one word is right.
/// </remarks>
internal static class RandomTables
{
    /// <summary>A table, and the word that its diagnosis must contain; the word is null where none is required.</summary>
    /// <param name="Tables">The law and its scatter.</param>
    /// <param name="Expected">The word that is right.</param>
    public sealed record Drawn(MadeUpTables Tables, string? Expected);

    private static readonly string[] Places = ["at", "near", "inside"];

    private static readonly Dictionary<string, Func<Random, string, Drawn>> Borders = new(StringComparer.Ordinal)
    {
        ["exponential growth"] = (random, place) => Growing(random, place, mark: 0.75, inside: 1, "exponential"),
        ["power law or faster"] = (random, place) => Growing(random, place, mark: 0.5, inside: 0, "power"),
        ["power law or bounded"] = (random, place) => Growing(random, place, mark: -0.5, inside: -1, "bounded"),
        ["drift or walk, upwards"] = (random, place) => Drifting(random, place, inside: 4, "exponential"),
        ["drift or walk, downwards"] = (random, place) => Drifting(random, place, inside: 1, "walk"),
        ["directions lost"] = (random, place) => Directed(random, place, power: 0.5, inside: 1, excess: 0.3, "collapses"),
        ["directions kept"] = (random, place) => Directed(random, place, power: Math.Log(1.5) / Math.Log(4), inside: 0.146, excess: 4, "keeps"),
        ["two directions"] = (random, place) => Levelled(random, place),
        ["share of a tenth"] = (random, place) => Shared(random, place, level: 0.1, inside: 0.05, power: 1),
        ["share that halves"] = (random, place) => Shared(random, place, level: 0.03, inside: 0.03, power: 0.5),
    };

    /// <summary>Laws that two gains do not distinguish from an exponential, a power or a bound, and laws whose parameter differs between mappings.</summary>
    private static readonly Dictionary<string, Func<Random, Drawn>> Uneven = new(StringComparer.Ordinal)
    {
        ["a step"] = random => Stepping(random, (0.55, 0.95)),
        ["two steps"] = random => Stepping(random, (0.28, 0.48), (0.55, 0.95)),
        ["three steps"] = random => Stepping(random, (0.28, 0.42), (0.5, 0.6), (0.65, 0.95)),
        ["growth that begins late"] = random => Broken(random, from: 0, to: 1, at: Between(random, 0.5, 0.9)),
        ["growth that ends"] = random => Broken(random, from: 1, to: 0, at: Between(random, 0.7, 0.84)),
        ["a rate that rises threefold or more"] = random => Broken(random, from: 1, to: Between(random, 3, 6), at: Between(random, 0.5, 0.7)),
        ["a step and a rate"] = SteppingOff,
        ["rates that differ between mappings"] = random => Differing(random, depth => depth, "exponential"),
        ["powers that differ between mappings"] = random => Differing(random, Math.Log, "power"),
    };

    /// <summary>The kinds of tables: a border and a place, or a law that is none of those that are named.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Borders.Keys.SelectMany(border => Places.Select(place => $"{border}, {place}")), .. Uneven.Keys];

    /// <summary>Whether the kind has a word that is right, which most of its tables must be given.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    public static bool HasRightWord(string kind) => kind.EndsWith(", inside", StringComparison.Ordinal) || Uneven.ContainsKey(kind);

    /// <summary>Draws a table's law.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="seed">The seed.</param>
    public static Drawn Draw(string kind, ulong seed)
    {
        if (Uneven.TryGetValue(kind, out var uneven))
        {
            return uneven(new Random(SeedOf(kind, seed)));
        }

        var comma = kind.LastIndexOf(", ", StringComparison.Ordinal);
        return Borders[kind[..comma]](new Random(SeedOf(kind, seed)), kind[(comma + 2)..]);
    }

    /// <summary>Diagnoses a random table.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>"right", "open", or "wrong" and the first wrong word.</returns>
    public static string Judge(string kind, ulong seed)
    {
        var drawn = Draw(kind, seed);
        var said = WordsOf(drawn.Tables.Diagnose(SeedOf(kind, ~seed)));
        var wrong = said.Except(TrueWords(drawn.Tables)).Order(StringComparer.Ordinal).FirstOrDefault();
        return wrong is not null ? $"wrong {wrong}"
            : drawn.Expected is { } word && (said.Contains(word) || (word == "no law" && said.Contains("superexponential"))) ? "right"
            : "open";
    }

    /// <summary>The words of a diagnosis, of its picture and of what is certain.</summary>
    public static HashSet<string> WordsOf(Diagnosis diagnosis)
    {
        HashSet<string> words = [];
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Exponential, "exponential");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Power, "power");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Bounded, "bounded");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Walk, "walk");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Subexponential, "subexponential");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Superexponential, "superexponential");
        AddIf(diagnosis.ChiGrowth?.Law == Growth.Undecided, "no law");
        AddIf(diagnosis.ReffLimit == 1, "collapses");
        AddIf(diagnosis.ReffLimit >= 1.5, "keeps");
        foreach (var condition in diagnosis.Conditions.Append(diagnosis.CertainCondition))
        {
            AddIf(condition == Condition.PathologicalSignal, "collapses");
            AddIf(condition == Condition.PathologicalSnr, diagnosis.ChiGrowth?.Law == Growth.Superexponential ? "superexponential" : "exponential");
            AddIf(condition == Condition.PathologicalPoint, "point");
            AddIf(condition == Condition.WellBehaved, "well-behaved");
        }

        return words;

        void AddIf(bool isSaid, string word)
        {
            if (isSaid)
            {
                words.Add(word);
            }
        }
    }

    /// <summary>The words that are true of a law.</summary>
    public static HashSet<string> TrueWords(MadeUpTables tables)
    {
        double end = tables.Depth;
        var (quarter, half) = (end / 4, end / 2);
        var (first, second) = (tables.LogChi(half) - tables.LogChi(quarter), tables.LogChi(end) - tables.LogChi(half));
        var walk = tables.Walk + (2 * tables.Scatter * tables.Scatter / quarter);
        double Beyond(double shape) => second - (Math.Pow(2, shape) * first);

        // Twice the variance per layer. The scatter at a stretch's ends adds to it, divided by the stretch's length: most for the shorter stretch.
        var outruns = second - (2 * walk * half);
        var little = Math.Log(1.05);
        HashSet<string> words = ["no law"];

        // Shorter stretches: the share of each of four in the gain of ln χ from a quarter of the depth on, divided by its share under a constant slope.
        double[] OfFour(Func<double, double> measure, Func<double, double> depthOf)
        {
            var (low, high) = (measure(quarter), measure(end));
            double At(int number) => tables.LogChi(depthOf(low + ((high - low) * number / 4)));
            return [.. Enumerable.Range(0, 4).Select(number => (At(number + 1) - At(number)) * 4 / (first + second))];
        }

        // The shape over one doubling alone.
        double Half(double from, double shape) =>
            tables.LogChi(2 * from)
            - tables.LogChi(Math.Sqrt(2) * from)
            - (Math.Pow(2, shape / 2) * (tables.LogChi(Math.Sqrt(2) * from) - tables.LogChi(from)));
        var (heldRate, heldPower) = (OfFour(depth => depth, depth => depth), OfFour(Math.Log, Math.Exp));
        AddIf(IsAbove(Beyond(0.75), 0) && IsAbove(outruns, 0) && IsAbove(heldRate.Min(), 2.0 / 3), "exponential");
        AddIf(IsAbove(Beyond(0.75), 0) && IsAbove(outruns, 0) && IsAbove(heldRate.Skip(1).Min(), 2.0 / 3) && IsBelow(heldRate[0], 2.0 / 3), "superexponential");
        AddIf(
            IsBelow(Beyond(0.5), 0) && IsAbove(Beyond(-0.5), 0) && IsAbove(second, 0) && IsAbove(heldPower.Min(), 2.0 / 3) && IsBelow(heldPower.Max(), 1.4),
            "power"
        );
        AddIf((IsBelow(Beyond(-0.5), 0) && IsBelow(Half(half, 0), 0)) || IsBelow(Math.Abs(second), little), "bounded");

        // Errors at single depths look like steps of a walk between neighbouring depths: they may double the measured variance.
        var measured = Math.Min(tables.Walk + (2.5 * tables.Scatter * tables.Scatter * 16 / end), 2 * walk);
        AddIf(IsBelow(second, 2 * Math.Max(walk, measured) * half), "walk");
        AddIf(IsBelow(Beyond(0.5), 0) && IsBelow(Half(quarter, 0.75), 0) && IsBelow(Half(half, 0.75), 0), "subexponential");

        double Excess(double depth) => Math.Log(tables.Reff(depth) - 1);
        var (lost, lostLast) = (Excess(quarter) - Excess(end), Excess(half) - Excess(end));
        var hasCollapsed = IsBelow(Excess(end), Math.Log(0.2)) && IsAbove(Excess(tables.Step) - Excess(end), Math.Log(2));
        AddIf(hasCollapsed || (IsAbove(lost, Math.Log(2)) && IsAbove(lostLast, 0.25 * Math.Log(2)) && IsBelow(Excess(end), 0)), "collapses");
        AddIf(IsBelow(lostLast, 0.125 * Math.Log(2)) && IsAbove(Excess(end), Math.Log(0.5)), "keeps");
        var keeps = IsBelow(lost, Math.Log(1.5)) && IsAbove(Excess(end), Math.Log(0.5));
        if (tables.Share is { } shareOf)
        {
            double Share(double depth) => Math.Log(shareOf(depth));
            var (firstLoss, secondLoss) = (Share(quarter) - Share(half), Share(half) - Share(end));
            var byChance = 2 * (2 * tables.Scatter * tables.Scatter / quarter) * half;
            var isPoint = IsBelow(Share(end), Math.Log(0.01)) && IsAbove(Share(tables.Step) - Share(end), Math.Log(10));
            var falls =
                IsAbove(firstLoss + secondLoss, Math.Log(2))
                && IsAbove(secondLoss, Math.Max(0.25 * Math.Log(2), byChance))
                && IsAbove(secondLoss, Math.Pow(2, -0.5) * firstLoss);
            AddIf(isPoint || (falls && IsBelow(Share(end), Math.Log(0.1))), "point");
            keeps &= IsBelow(firstLoss + secondLoss, Math.Log(1.5));
        }

        var total = tables.LogChi(end);
        AddIf(
            keeps && words.Overlaps(["power", "bounded", "walk", "subexponential"]) && IsBelow(total, (words.Contains("power") ? 3 : 1) * Math.Log(1 + end)),
            "well-behaved"
        );
        return words;

        void AddIf(bool isTrue, string word)
        {
            if (isTrue)
            {
                words.Add(word);
            }
        }

        // At a border neither is true: rounding must not choose a side.
        static bool IsAbove(double value, double mark) => value > mark + 1e-9;

        static bool IsBelow(double value, double mark) => value < mark - 1e-9;
    }

    private static int SeedOf(string kind, ulong seed)
    {
        // This hash does not depend on the runtime: so the tables are the same everywhere.
        var hash = 2166136261;
        foreach (var letter in kind)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)((hash ^ (uint)(seed * 2654435761) ^ (uint)(seed >> 32)) & int.MaxValue);
    }

    /// <summary>Nuisance parameters: how many mappings there are, how deep they are, how often they are recorded, how they scatter.</summary>
    private static MadeUpTables Nuisance(Random random, string place)
    {
        int[] steps = [1, 2, 4];
        var step = steps[random.Next(steps.Length)];
        return new MadeUpTables(_ => 9, depth => 0.6 * Math.Log(depth))
        {
            Depth = 4 * step * random.Next(4, 26),
            Step = step,
            Mappings =
                place == "inside" ? 24 * random.Next(2, 5)
                : random.Next(2) == 0 ? 24
                : random.Next(12, 101),
            Scatter = Between(random, 0.005, 0.03),
            Spread = Between(random, 0, 0.1),
            HasOutliers = random.Next(4) == 0,
        };
    }

    private static double Place(Random random, string place, double mark, double nearness, double inside) =>
        place switch
        {
            "at" => mark,
            "near" => mark + Between(random, -nearness, nearness),
            "inside" => inside,
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, "expected a place"),
        };

    /// <summary>ln χ grows as (l^p - 1)/p, with a gain over the last doubling that is well above its scatter and, inside, above its walk.</summary>
    private static Drawn Growing(Random random, string place, double mark, double inside, string word)
    {
        var tables = Nuisance(random, place);
        var shape = Place(random, place, mark, 0.1, inside);
        var gain = Between(random, 0.5, 3);
        double Raw(double depth) => shape == 0 ? Math.Log(depth) : (Math.Pow(depth, shape) - 1) / shape;
        var unit = gain / (Raw(tables.Depth) - Raw(tables.Depth / 2.0));
        var walk = gain * gain / tables.Depth * Between(random, 0, place == "inside" ? 0.004 : 0.02);
        return new Drawn(tables with { LogChi = depth => unit * Raw(depth), Walk = walk }, place == "inside" ? word : null);
    }

    /// <summary>ln χ drifts by a multiple of the variance of its walk per layer.</summary>
    private static Drawn Drifting(Random random, string place, double inside, string word)
    {
        var tables = Nuisance(random, place) with { Scatter = Between(random, 0.001, 0.01), HasOutliers = false };
        var walk = Between(random, 0.3, 3) / tables.Depth;
        var multiple = Place(random, place, 2, 0.2, inside);
        if (place == "inside")
        {
            // Some hundreds of mappings are needed to tell a walk from its drift: the issue promises it for 200 at width 64.
            tables = tables with
            {
                Mappings = 200,
                Depth = 200,
                Step = 2,
            };
            walk = 1 / 64.0;
        }

        var variance = walk + (2 * tables.Scatter * tables.Scatter / (tables.Depth / 4.0));
        return new Drawn(tables with { LogChi = depth => multiple * variance * depth, Walk = walk }, place == "inside" ? word : null);
    }

    /// <summary>r_eff - 1 falls as a power of the depth.</summary>
    private static Drawn Directed(Random random, string place, double power, double inside, double excess, string word)
    {
        var tables = Nuisance(random, place) with { RankScatter = Between(random, 0.02, 0.15) };
        var exponent = Place(random, place, power, 0.05, inside);
        var end = excess * Between(random, 0.7, 1.3);
        return new Drawn(
            tables with
            {
                Reff = depth => 1 + (end * Math.Pow(depth / tables.Depth, -exponent)),
            },
            place == "inside" && word == "collapses" ? word
                : place == "inside" ? "well-behaved"
                : null
        );
    }

    /// <summary>r_eff - 1 falls in inverse proportion to the depth, to about 1.</summary>
    private static Drawn Levelled(Random random, string place)
    {
        var tables = Nuisance(random, place) with { RankScatter = Between(random, 0.02, 0.15) };
        var end = Place(random, place, 1, 0.1, 0.5);
        return new Drawn(tables with { Reff = depth => 1 + (end * tables.Depth / depth) }, place == "inside" ? "collapses" : null);
    }

    /// <summary>The share of the signal that varies falls as a power of the depth, to a level.</summary>
    private static Drawn Shared(Random random, string place, double level, double inside, double power)
    {
        var tables = Nuisance(random, place) with { Scatter = Between(random, 0.005, 0.05) };
        var end = power == 0.5 ? level : Place(random, place, level, 0.1 * level, inside);
        var exponent = power == 0.5 ? Place(random, place, power, 0.05, 1) : power;
        return new Drawn(tables with { Share = depth => end * Math.Pow(depth / tables.Depth, -exponent) }, place == "inside" ? "point" : null);
    }

    /// <summary>ln χ makes steps at random depths, within given shares of the depth, and is constant between them.</summary>
    private static Drawn Stepping(Random random, params (double Least, double Most)[] within)
    {
        var tables = Nuisance(random, "inside");
        var height = Between(random, 0.5, 1.5);
        (double At, double Height)[] steps =
        [
            .. within.Select(share => (tables.Depth * Between(random, share.Least, share.Most), height * Between(random, 0.85, 1.15))),
        ];
        return new Drawn(tables with { LogChi = depth => steps.Sum(step => depth > step.At ? step.Height : 0) }, "no law");
    }

    /// <summary>ln χ grows at one rate up to a share of the depth, and at another from there on.</summary>
    private static Drawn Broken(Random random, double from, double to, double at)
    {
        var tables = Nuisance(random, "inside");
        var (bend, gain) = (at * tables.Depth, Between(random, 0.5, 3));
        double Raw(double depth) => (from * Math.Min(depth, bend)) + (to * Math.Max(depth - bend, 0));
        var unit = gain / (Raw(tables.Depth) - Raw(tables.Depth / 4.0));
        return new Drawn(tables with { LogChi = depth => unit * Raw(depth) }, "no law");
    }

    /// <summary>ln χ makes a step and then grows at a constant rate, by less than the step: the two gains look like those of a bounded law.</summary>
    private static Drawn SteppingOff(Random random)
    {
        var tables = Nuisance(random, "inside");
        var (gain, at) = (Between(random, 0.5, 3), tables.Depth * Between(random, 0.3, 0.45));
        var height = gain * Between(random, 2, 5);
        return new Drawn(tables with { LogChi = depth => (gain * 2 * depth / tables.Depth) + (depth > at ? height : 0) }, "no law");
    }

    /// <summary>ln χ follows one law in all mappings, each with a parameter of its own.</summary>
    private static Drawn Differing(Random random, Func<double, double> law, string word)
    {
        var tables = Nuisance(random, "inside");
        var unit = Between(random, 0.8, 3) / (law(tables.Depth) - law(tables.Depth / 2.0));
        return new Drawn(tables with { LogChi = depth => unit * law(depth), RateSpread = Between(random, 0.3, 0.8) }, word);
    }

    private static double Between(Random random, double least, double most) => least + ((most - least) * random.NextDouble());
}
