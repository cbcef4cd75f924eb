namespace Wellbehaved.Audit;

/// <summary>
/// O13: a layer does what its definition says wherever it stands and whatever its sizes: in a branch of a branch, in a skip connection, over one position or
/// hundreds, on 128 channels or more, on zeros, on equal numbers, and where functions saturate.
/// </summary>
/// <remarks>O5 to O12 look at every option of a layer at usual sizes. What is rare is what an implementation has a path of its own for.</remarks>
internal static class AnywhereChecks
{
    /// <summary>
    /// Compares every layer of the networks on two inputs: normal numbers, and whole ones, a quarter of which are 0 and many of which are equal.
    /// </summary>
    public static IEnumerable<Measurement> Measure(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        foreach (var family in Enum.GetValues<LayerFamily>())
        {
            var comparisons = new SiteComparisons(family);
            foreach (var (study, site) in cases.Index().Where(pair => pair.Item.Families.Contains(family)))
            {
                foreach (var noise in site.Noises.Where(noise => context.Offers(site.Network, site.Images, noise, given: true)))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    var parameters = site.Parameters(context.SeedOf(study));
                    var normal = LayerChecks.InputOf(site, context.SeedOf(~study), study);
                    Batch whole = normal with { Signal = Array.ConvertAll(site.Input(context.SeedOf(~study)).Signal, value => Math.Round(1.7 * value)) };
                    foreach (var (input, words) in new[] { (normal, "normal numbers"), (whole, "whole numbers") })
                    {
                        var trace = NetworkTrace.Record(context.Subject, site.Network, noise, new Weights.Given(parameters), input);
                        new SiteWalk(
                            trace,
                            LayerChecks.Definition(noise),
                            parameters,
                            context.UnitRoundoff,
                            comparisons,
                            $"{words}, noise {EnumWords.Spell(noise)}, {site.Description}"
                        ).Compare();
                    }
                }
            }

            foreach (var measurement in comparisons.Conclude("anywhere"))
            {
                yield return measurement;
            }
        }
    }
}
