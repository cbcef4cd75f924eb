using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Whether signal and noise of a network stay where its laws can be computed: squares of squares of their numbers must be doubles with all digits.
/// </summary>
internal static class NetworkRange
{
    private const double Least = 1e-60;
    private const double Most = 1e60;
    private const int Simulations = 3;

    /// <summary>Why a network cannot be judged; null if it can.</summary>
    /// <param name="subject">Propagates it, and keeps powers of two beside its numbers, so that these neither overflow nor vanish.</param>
    /// <param name="site">The network, and the number of inputs of its batches.</param>
    /// <param name="seed">The seed of weights and inputs.</param>
    public static string? WhyNot(ISubject subject, SiteCase site, ulong seed)
    {
        try
        {
            return Look(subject, site, seed);
        }
        catch (Exception exception) when (exception is DegenerateChannelException or ArithmeticException)
        {
            // Without ε nothing that is constant has a norm, and some functions have no value in double precision.
            return exception.Message;
        }
    }

    private static string? Look(ISubject subject, SiteCase site, ulong seed)
    {
        for (var simulation = 0u; simulation < Simulations; simulation++)
        {
            var input = Batch.Gaussian(site.Network, site.Images, seed, simulation);
            foreach (var place in NetworkTrace.Record(subject, site.Network, NoiseKind.Mapping, new Weights.Own(seed, simulation), input).Snapshots)
            {
                foreach (var (name, tensor) in new[] { ("signal", place.Signal), ("noise", place.Noise) })
                {
                    if (Array.Exists(tensor, value => !double.IsFinite(value)))
                    {
                        return $"the {name} {place.Where} is not a number";
                    }

                    var largest = tensor.Length == 0 ? 0 : tensor.Max(Math.Abs);
                    if (largest is not 0 and (< Least or > Most))
                    {
                        return FormattableString.Invariant(
                                $"the {name} {place.Where} is of size {largest:0e0}, and laws are computed from {Least:0e0} to {Most:0e0}: "
                            ) + "ask about fewer repetitions";
                    }
                }
            }
        }

        return null;
    }
}
