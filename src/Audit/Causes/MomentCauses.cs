using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Finds what is wrong with reported moments and ranks: another definition that gives the reported numbers from the subject's own tensors.
/// </summary>
internal static class MomentCauses
{
    private const string Part = "reported moments";

    /// <summary>The seed of networks of layers and their inputs, which are the same for every subject.</summary>
    private const ulong NetworkSeed = 33;

    /// <summary>Explains the moments that are reported.</summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="description">Which moments it reports.</param>
    /// <returns>Nothing where they are right.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<GivenAnswer> answers, SubjectDescription description)
    {
        Report[] reports = [.. answers.Where(answer => answer.Moments.Count > 0).SelectMany(answer => Reports(answer, description))];
        return Array.TrueForAll(reports, report => report.IsRight) ? []
            : Misplaced(answers, description) is { } misplaced ? [misplaced]
            : Explained(reports);
    }

    /// <summary>Explains the moments that are reported at the places of networks of layers.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Nothing where they are right.</returns>
    public static IEnumerable<Explanation> Explain(ISubject subject, CancellationToken cancellation)
    {
        var reports = new List<Report>();
        foreach (var (study, site) in LawNetworks.BatchNorms.Concat(LawNetworks.InputNorms).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (subject.Description.WhyNot(site.Network, site.Images, NoiseKind.Mapping, given: false) is null)
            {
                var weights = new Weights.Own(NetworkSeed, (uint)study);
                NetworkTrace.Record(subject, site.Network, NoiseKind.Mapping, weights, site.Input(NetworkSeed), shown => reports.AddRange(ReportsOf(shown)));
            }
        }

        return Explained(reports);

        IEnumerable<Report> ReportsOf(NetworkSnapshot shown)
        {
            // Ranks are reported after activations, as they are after the ReLU of an architecture.
            var kind = shown.Place.After is Networks.Activation ? UnitPlaceKind.Relu : UnitPlaceKind.Convolution;
            var place = new Snapshot(shown.Place.Depth, new UnitPlace(1, kind), shown.Shape, shown.Signal, shown.Noise, shown.Moments);
            return Report.All(place, shown.Moments(), subject.Description);
        }
    }

    private static IEnumerable<Explanation> Explained(IEnumerable<Report> reports)
    {
        var found = reports
            .GroupBy(report => report.Name)
            .Where(group => group.Any(report => !report.IsRight))
            .Select(group => (Name: group.Key, Causes: Causes([.. group]), Count: group.Count()));
        foreach (var same in found.GroupBy(one => string.Join("; or ", one.Causes)))
        {
            var names = string.Join(", ", same.Select(one => one.Name));
            yield return same.Key.Length == 0
                ? Explanation.None(Part, $"{names}: no other definition that was tried gives what is reported")
                : Explanation.WithEvidence(Part, $"{names}: {same.Key}", $"gives all {same.Sum(one => one.Count)} values that were asked for, to rounding");
        }
    }

    private static List<string> Causes(Report[] reports)
    {
        var causes = new List<string>();
        foreach (var candidate in reports[0].Candidates)
        {
            if (
                Array.TrueForAll(reports, report => report.IsNear(report.Candidates.First(other => other.Words == candidate.Words).Value))
                && !causes.Contains(candidate.Words)
            )
            {
                causes.Add(candidate.Words);
            }
        }

        // Logarithms without powers of two: each differs by a whole number of powers, as if the scale that is kept beside the tensors were missing.
        if (
            causes.Count == 0
            && reports[0].Name.StartsWith("log_", StringComparison.Ordinal)
            && Array.TrueForAll(reports, report => IsWhole((report.Reported - report.Defined) / Math.Log(2)))
            && Array.Exists(reports, report => Math.Abs(report.Reported - report.Defined) > 0.5)
        )
        {
            causes.Add("a scale dropped, a power of two that is kept beside the tensor");
        }

        return causes;

        static bool IsWhole(double number) => Math.Abs(number - Math.Round(number)) < 1e-4 * Math.Max(1, Math.Abs(number));
    }

    /// <summary>Whether all moments are those of the place before or of the place after.</summary>
    private static Explanation? Misplaced(IReadOnlyList<GivenAnswer> answers, SubjectDescription description)
    {
        foreach (var (by, words) in new[] { (-1, "before"), (1, "after") })
        {
            var all = answers
                .Where(answer => answer.Moments.Count > 0)
                .SelectMany(answer =>
                {
                    Snapshot[] snapshots = [.. answer.Trace.Snapshots];
                    return Enumerable
                        .Range(0, snapshots.Length)
                        .Where(i => i + by >= 0 && i + by < snapshots.Length)
                        .SelectMany(i => Report.All(snapshots[i + by], answer.Moments[i], description).Where(report => !report.IsRank));
                })
                .ToArray();
            if (all.Length > 0 && Array.TrueForAll(all, report => report.IsRight))
            {
                return Explanation.WithEvidence(
                    Part,
                    $"the moments of the place {words} the one they are reported for",
                    $"gives all {all.Length} values that were asked for, to rounding"
                );
            }
        }

        return null;
    }

    private static IEnumerable<Report> Reports(GivenAnswer answer, SubjectDescription description) =>
        answer.Trace.Snapshots.Zip(answer.Moments, (snapshot, moments) => Report.All(snapshot, moments, description)).SelectMany(some => some);

    /// <summary>One reported number, what it should be, and what it would be by other definitions.</summary>
    private sealed record Report(string Name, double Reported, double Defined, double Bound, (string Words, double Value)[] Candidates)
    {
        public bool IsRank => MomentRange.IsRank(Name);

        public bool IsRight => IsNear(Defined) || (double.IsNaN(Reported) && !double.IsFinite(Defined));

        /// <summary>A moment is rounded in proportion to itself. A logarithm is not: the logarithm of 1 is 0.</summary>
        public bool IsNear(double value) =>
            Math.Abs(Reported - value)
            <= Bound * Math.Max(1, Name.StartsWith(MomentRange.Log, StringComparison.Ordinal) ? Math.Abs(value) : Math.Abs(value / Defined));

        public static IEnumerable<Report> All(Snapshot snapshot, ReportedMoments moments, SubjectDescription description)
        {
            var (shape, channels, u) = (snapshot.Shape, snapshot.Shape.Channels, description.UnitRoundoff);
            var rounding = new MomentRounding(shape, u);
            var means = WrittenOutLayers.Means(snapshot.Signal, channels);
            var (nu1, nu2) = (snapshot.Signal.Average(Math.Abs), snapshot.Signal.Average(value => value * value));
            var mu2 = WrittenOutLayers.Variances(snapshot.Signal, channels).Average();
            var mu4 = WrittenOutLayers.OverPoints(snapshot.Signal, channels, (value, channel) => Math.Pow(value - means[channel], 4)).Average();
            var (fourth, all) = (snapshot.Signal.Average(value => Math.Pow(value, 4)), snapshot.Signal.Average());
            var noise = snapshot.Noise.Average(value => value * value);
            var (centredNoise, together) = (WrittenOutLayers.Variances(snapshot.Noise, channels).Average(), nu2 - (all * all));
            if (!(mu2 > 0) || !(noise > 0))
            {
                yield break;
            }

            var (chi, unbiased) = (Math.Sqrt(noise / mu2), shape.Points / (shape.Points - 1.0));
            (string Words, double Value)[] ofMu2 =
            [
                ("ν₂ for μ₂: the mean is not subtracted", nu2),
                ("centred on one mean of all channels", together),
                ("P - 1 in the denominator", mu2 * unbiased),
            ];
            (string Words, double Value)[] ofNu2 = [("μ₂ for ν₂", mu2), ("the square of ν₁", nu1 * nu1), ("centred on one mean of all channels", together)];
            (string Words, double Value)[] ofNoise = [("noise centred on the sample", centredNoise), ("its square root", Math.Sqrt(noise))];
            (string Words, double Value)[] ofChi =
            [
                ("χ without the square root", chi * chi),
                ("1/χ", 1 / chi),
                ("ν₂ for μ₂ of the signal", Math.Sqrt(noise / nu2)),
                ("noise centred on the sample", Math.Sqrt(centredNoise / mu2)),
            ];
            var relative = rounding.Nu2 + MomentRounding.Relatively(rounding.Mu2 * nu2 / mu2);
            (string Name, double Reported, double Value, double Bound, (string Words, double Value)[] Others)[] reports =
            [
                ("nu1_abs_signal", moments.Nu1AbsSignal, nu1, rounding.Nu1 * nu1, [("the root of ν₂", Math.Sqrt(nu2)), ("the mean of x", all)]),
                ("nu2_signal", moments.Nu2Signal, nu2, rounding.Nu2 * nu2, ofNu2),
                ("mu2_signal", moments.Mu2Signal, mu2, rounding.Mu2 * nu2, ofMu2),
                ("mu4_signal", moments.Mu4Signal, mu4, rounding.Mu4 * fourth, [("the mean is not subtracted", fourth), ("the square of μ₂", mu2 * mu2)]),
                ("mu2_noise", moments.Mu2Noise, noise, rounding.Nu2 * noise, ofNoise),
                ("chi", moments.Chi, chi, 2 * chi * relative, ofChi),
                ("log_nu2_signal", moments.LogNu2Signal, Math.Log(nu2), rounding.OfLogarithm(rounding.Nu2, Math.Log(nu2)), Logarithms(nu2, ofNu2)),
                ("log_mu2_signal", moments.LogMu2Signal, Math.Log(mu2), rounding.OfLogarithm(rounding.Mu2 * nu2 / mu2, Math.Log(mu2)), Logarithms(mu2, ofMu2)),
                ("log_mu2_noise", moments.LogMu2Noise, Math.Log(noise), rounding.OfLogarithm(rounding.Nu2, Math.Log(noise)), Logarithms(noise, ofNoise)),
                ("log_chi", moments.LogChi, Math.Log(chi), rounding.OfLogarithm(relative, Math.Log(chi)), Logarithms(chi, ofChi)),
            ];
            foreach (var (name, reported, value, bound, others) in reports.Where(report => description.Moments.Contains(report.Name)))
            {
                yield return new Report(name, reported, value, bound, others);
            }

            if (snapshot.Place.Kind == UnitPlaceKind.Relu)
            {
                foreach (
                    var (name, reported, values) in new[]
                    {
                        ("reff_signal", moments.ReffSignal, snapshot.Signal),
                        ("reff_noise", moments.ReffNoise, snapshot.Noise),
                    }.Where(rank => description.Moments.Contains(rank.Item1))
                )
                {
                    var spectrum = MomentChecks.Spectrum.Compute(values, shape);
                    yield return new Report(
                        name,
                        reported,
                        spectrum.Rank,
                        EffectiveRankRounding.OfReported(shape, spectrum.Squares, spectrum.Largest, spectrum.Rank, u),
                        Ranks(values, shape)
                    );
                }
            }
        }

        /// <summary>Logarithms to other bases, and the logarithms of other moments.</summary>
        private static (string Words, double Value)[] Logarithms(double value, (string Words, double Value)[] others) =>
            [
                ("a logarithm to the base 10", Math.Log10(value)),
                ("a logarithm to the base 2", Math.Log2(value)),
                .. others.Select(other => (other.Words, Math.Log(other.Value))),
            ];

        private static (string Words, double Value)[] Ranks(double[] values, TensorShape shape)
        {
            var features = Matrix<double>.Build.DenseOfRowMajor(shape.Points, shape.Channels, values);
            var channelMeans = WrittenOutLayers.Means(values, shape.Channels);
            double[] pointMeans = [.. features.EnumerateRows().Select(row => row.Average())];
            var centrings = new (string Words, Matrix<double> Features)[]
            {
                ("", features.MapIndexed((_, channel, value) => value - channelMeans[channel])),
                (", not centred", features),
                (", each point centred over its channels", features.MapIndexed((point, _, value) => value - pointMeans[point])),
            };
            return [.. centrings.SelectMany(centring => Definitions(centring.Words, Spectrum(centring.Features)))];

            static double[] Spectrum(Matrix<double> centred) =>
                [.. centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Max(0, value.Real))];
        }

        private static IEnumerable<(string Words, double Value)> Definitions(string centring, double[] spectrum)
        {
            var (total, largest) = (spectrum.Sum(), spectrum.Max());
            double[] shares = [.. spectrum.Select(value => value / total)];
            if (centring.Length > 0)
            {
                yield return ($"Tr/λ_max of the eigenvalues{centring}", total / largest);
            }

            var roots = spectrum.Sum(Math.Sqrt);
            yield return ($"an effective rank from singular values, not from eigenvalues{centring}", roots / Math.Sqrt(largest));
            yield return (
                $"the exponential of the entropy of the eigenvalues{centring}",
                Math.Exp(-shares.Where(share => share > 0).Sum(share => share * Math.Log(share)))
            );
            yield return ($"the participation ratio (Tr)²/Tr of squares{centring}", total * total / spectrum.Sum(value => value * value));
            yield return (
                $"the exponential of the entropy of the singular values{centring}",
                Math.Exp(-spectrum.Select(value => Math.Sqrt(value) / roots).Where(share => share > 0).Sum(share => share * Math.Log(share)))
            );
            yield return (
                string.Create(CultureInfo.InvariantCulture, $"the number of eigenvalues that are not zero{centring}"),
                spectrum.Count(value => value > 1e-6 * largest)
            );
        }
    }
}
