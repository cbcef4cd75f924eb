using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// O5 to O12: each layer of a described network does to the subject's own tensors what its definition says: for signal and for both kinds of noise, with
/// given parameters and with the subject's own.
/// </summary>
internal static class LayerChecks
{
    /// <summary>
    /// Means and scales of inputs, used in turn. Inputs with a mean show a missing centring, and inputs with a scale far from 1 a missing scaling.
    /// </summary>
    private static readonly (double Mean, double Scale)[] Inputs = [(0, 1), (2, 1), (-1, 3), (0.5, 0.3)];

    /// <summary>Compares the layers of a family.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="family">The family.</param>
    /// <param name="cases">Networks; those without such a layer are ignored.</param>
    public static IEnumerable<Measurement> Measure(CheckContext context, LayerFamily family, IReadOnlyList<SiteCase> cases)
    {
        // What a layer does with weights of its own is tested by solving for them (I12).
        var sources = family is LayerFamily.Linear or LayerFamily.Attention ? new[] { true } : [true, false];
        foreach (var given in sources)
        {
            var comparisons = new SiteComparisons(family);
            foreach (var (site, study) in cases.Select((site, study) => (site, study)).Where(pair => pair.site.Families.Contains(family)))
            {
                foreach (var noise in site.Noises)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    if (context.Offers(site.Network, site.Images, noise, given))
                    {
                        Compare(context, site, study, noise, given, comparisons);
                    }
                }
            }

            foreach (var measurement in comparisons.Conclude(given ? "given parameters" : "parameters of its own"))
            {
                yield return measurement;
            }
        }
    }

    /// <summary>The input of one study.</summary>
    internal static Batch InputOf(SiteCase site, ulong seed, int study)
    {
        var (mean, scale) = Inputs[study % Inputs.Length];
        return site.Input(seed, mean, scale);
    }

    private static void Compare(CheckContext context, SiteCase site, int study, NoiseKind noise, bool given, SiteComparisons comparisons)
    {
        var input = InputOf(site, context.SeedOf(~study), study);
        var parameters = given ? site.Parameters(context.SeedOf(study)) : null;
        Weights weights = parameters is null ? new Weights.Own(context.SeedOf(study), (uint)study) : new Weights.Given(parameters);
        var trace = NetworkTrace.Record(context.Subject, site.Network, noise, weights, input);
        new SiteWalk(trace, Definition(noise), parameters, context.UnitRoundoff, comparisons, $"noise {EnumWords.Spell(noise)}, {site.Description}").Compare();
    }

    /// <summary>The definition's name for a kind of noise.</summary>
    internal static WrittenOutNoise Definition(NoiseKind noise) =>
        noise switch
        {
            NoiseKind.Mapping => WrittenOutNoise.Mapping,
            NoiseKind.Full => WrittenOutNoise.Full,
            _ => throw new ArgumentOutOfRangeException(nameof(noise), noise, "expected a noise that has been written out"),
        };
}
