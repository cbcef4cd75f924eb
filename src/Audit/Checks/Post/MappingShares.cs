using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Compares shares of mappings with one half, batch by batch, until each is decided or the budget is spent.</summary>
/// <remarks>
/// Each property stops at its own stopping time on the common sequence of batches, with a test that is valid at all times (<see cref="AnytimeShare"/>): so its
/// verdict depends on that sequence alone. A mapping that died, or has NaN, counts as having none of the properties. At the widths used, a correct network
/// dies with a probability of some 2⁻¹⁰⁰, so this rule does not affect it. Numbers that are impossible in any mapping are measurements of their own.
/// </remarks>
internal static class MappingShares
{
    /// <summary>Decides all properties.</summary>
    /// <param name="context">The subject and the error rates: the properties share the rate of false alarms.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="properties">The properties that most mappings must have.</param>
    /// <returns>Findings about impossible numbers, then a measurement for each property.</returns>
    public static IEnumerable<Measurement> Decide(CheckContext context, Architecture architecture, params MappingProperty[] properties)
    {
        var rates = context.Rates.SharedBy(properties.Length);
        AnytimeShare[] shares = [.. properties.Select(_ => new AnytimeShare(rates))];
        var findings = new List<MomentFinding>();
        for (var batch = 0; batch < context.Deep.MostBatches && shares.Any(share => share.Verdict == Verdict.Inconclusive); batch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var table = context.Deep.Batch(architecture.Name, batch);
            findings.AddRange(table.Findings);
            for (var i = 0; i < properties.Length; i++)
            {
                if (shares[i].Verdict == Verdict.Inconclusive)
                {
                    shares[i].Add(properties[i].Shown(table).Count(shown => shown), table.Simulations + table.Died + table.Unusable);
                }
            }

            if (findings.Exists(finding => finding.Verdict == Verdict.Rejected))
            {
                break;
            }
        }

        foreach (var finding in findings)
        {
            yield return finding.Conclude();
        }

        for (var i = 0; i < properties.Length; i++)
        {
            yield return shares[i].Conclude(properties[i].Quantity);
        }
    }
}
