using System.Globalization;
using Wellbehaved.Networks;
using UnitPlaceKind = Wellbehaved.Model.UnitPlaceKind;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with the ReLU: the function, or the mask of the noise, that gives the subject's numbers.</summary>
internal static class ReluCauses
{
    private const string Part = "ReLU";

    /// <summary>Other activations.</summary>
    private static readonly (string Name, FunctionKind Kind)[] Others =
    [
        .. from kind in Enum.GetValues<FunctionKind>() let name = NameOf(kind) where name is not null select (name, kind),
    ];

    /// <summary>Explains what the ReLUs of an architecture do.</summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <returns>Nothing where they are right.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<GivenAnswer> answers, double unitRoundoff)
    {
        Element[] elements = [.. answers.SelectMany(answer => Elements(answer.Trace))];
        if (elements.Length == 0)
        {
            yield break;
        }

        var rounding = 16 * unitRoundoff;
        var (open, shut) = (elements.Where(element => element.X > 0).ToArray(), elements.Where(element => element.X < 0).ToArray());
        var (slopes, evidence) = ((Signal(open), Signal(shut), Noise(open), Noise(shut)), $"gives all {elements.Length} numbers that it put out, to rounding");
        switch (slopes)
        {
            case (1.0, 0.0, 1.0, 0.0) when AtZero(answers, rounding) is { } atZero:
                yield return atZero;
                break;
            case (1.0, 0.0, 1.0, 0.0):
                break;
            case (1.0, 0.0, 1.0, 1.0):
                yield return Explanation.WithEvidence(Part, "the noise is not masked by the ReLU", $"the signal is right, and this {evidence}");
                break;
            case (1.0, 1.0, 1.0, 1.0):
                yield return Explanation.WithEvidence(Part, "no ReLU at all", evidence);
                break;
            case (1.0, -1.0, 1.0, -1.0):
                yield return Explanation.WithEvidence(Part, "the absolute value in the place of the ReLU", evidence);
                break;
            case (1.0, { } leak, 1.0, { } noise) when leak == noise:
                yield return Explanation.WithEvidence(Part, string.Create(CultureInfo.InvariantCulture, $"a leaky ReLU of slope {leak:0.####}"), evidence);
                break;
            case ({ } gain, { } below, { } noise, { } noiseBelow):
                yield return Explanation.WithEvidence(
                    Part,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"a ReLU whose slopes are {gain:0.####} above zero and {below:0.####} below, for the noise {noise:0.####} and {noiseBelow:0.####}"
                    ),
                    evidence
                );
                break;
            case (1.0, 0.0, _, _) when Array.TrueForAll(elements, element => Near(element.DyAfter, Math.Max(element.Dx, 0), element.Dx)):
                yield return Explanation.WithEvidence(
                    Part,
                    "the noise is masked by its own sign, not by the signal's",
                    $"the signal is right, and this {evidence}"
                );
                break;
            case (1.0, 0.0, _, _):
                yield return Explanation.None(Part, "the signal is right, and the noise is masked neither by the signal nor by its own sign");
                break;
            default:
                yield return Unusual(answers, elements, rounding);
                break;
        }

        double? Signal(Element[] some) => Slope(some, element => (element.X, element.Y));
        double? Noise(Element[] some) => Slope(some, element => (element.Dx, element.DyAfter));

        // One factor for all elements, rounded to four digits if this fits as well.
        double? Slope(Element[] some, Func<Element, (double Before, double After)> pair)
        {
            var widest = some.Select(pair).MaxBy(two => Math.Abs(two.Before));
            var exact = widest.After / widest.Before;
            return new[] { Math.Round(exact, 4), exact }
                .Where(slope => Array.TrueForAll(some, element => pair(element) is var (before, after) && Near(after, slope * before, before)))
                .Select(slope => (double?)slope)
                .FirstOrDefault();
        }

        bool Near(double observed, double expected, double scale) => Math.Abs(observed - expected) <= rounding * Math.Max(Math.Abs(scale), Math.Abs(expected));
    }

    /// <summary>What a person calls an activation; null for those of constant slopes, since slopes are solved for.</summary>
    private static string? NameOf(FunctionKind kind) =>
        kind switch
        {
            FunctionKind.Linear or FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs => null,
            FunctionKind.Tanh => "tanh",
            FunctionKind.Erf => "the error function",
            FunctionKind.Sine => "a sine",
            FunctionKind.Gelu => "GELU",
            FunctionKind.GeluTanh => "GELU's approximation by tanh",
            FunctionKind.Silu => "SiLU",
            FunctionKind.Elu => "ELU",
            FunctionKind.Sigmoid => "a sigmoid",
            FunctionKind.Softplus => "softplus",
            FunctionKind.HardSwish => "hard swish",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected an activation that has a name"),
        };

    private static Explanation Unusual(IReadOnlyList<GivenAnswer> answers, Element[] elements, double rounding)
    {
        if (answers.All(answer => Passes(answer.Trace).All(pass => LooksNormalised(pass.Before, pass.After))))
        {
            return Explanation.WithEvidence(Part, NormCauses.ChangedPlaces, "the place of the ReLU shows what batch norm gives: every channel has mean 0");
        }

        foreach (var (name, kind) in Others)
        {
            if (
                Array.TrueForAll(
                    elements,
                    element =>
                        Math.Abs(WrittenOutFunction.Value(new Function(kind), element.X) - element.Y)
                        <= Math.Max(1e-6, 64 * rounding) * (1 + Math.Abs(element.X))
                )
            )
            {
                return Explanation.WithEvidence(Part, $"{name} in the place of the ReLU", $"gives the signal of all {elements.Length} numbers that it put out");
            }
        }

        return Explanation.None(Part, "the output is not proportional to the input above or below zero, and is none of the other activations that were tried");
    }

    private static bool LooksNormalised(Snapshot before, Snapshot after) =>
        before.Signal.All(value => value >= 0)
        && WrittenOutLayers.Means(after.Signal, after.Shape.Channels).All(mean => Math.Abs(mean) < 1e-3)
        && after.Signal.Any(value => value < 0);

    /// <summary>What is done to noise where the signal is exactly zero.</summary>
    private static Explanation? AtZero(IReadOnlyList<GivenAnswer> answers, double rounding)
    {
        Element[] zeros =
        [
            .. answers
                .Where(answer => answer.OfZeroSignal is not null)
                .SelectMany(answer => Elements(answer.OfZeroSignal!))
                .Where(element => element.X == 0 && element.Dx != 0),
        ];
        if (zeros.Length == 0 || Array.TrueForAll(zeros, element => element.DyAfter == 0))
        {
            return null;
        }

        var derivative = Math.Round(zeros[0].DyAfter / zeros[0].Dx, 4);
        return Array.TrueForAll(zeros, element => Math.Abs(element.DyAfter - (derivative * element.Dx)) <= rounding * Math.Abs(element.Dx))
            ? Explanation.WithEvidence(
                Part,
                string.Create(CultureInfo.InvariantCulture, $"a ReLU whose derivative at exact zeros is {derivative:0.####}, not 0"),
                $"gives the noise of all {zeros.Length} exact zeros"
            )
            : Explanation.None(Part, "noise passes exact zeros of the signal, with no one derivative");
    }

    private static IEnumerable<(Snapshot Before, Snapshot After)> Passes(Trace trace) =>
        Enumerable.Range(1, trace.Network.Depth).Select(depth => (trace.Before(depth, UnitPlaceKind.Relu), trace.At(depth, UnitPlaceKind.Relu)));

    private static IEnumerable<Element> Elements(Trace trace) =>
        Passes(trace)
            .SelectMany(pass =>
                Enumerable
                    .Range(0, pass.Before.Signal.Length)
                    .Select(i => new Element(pass.Before.Signal[i], pass.After.Signal[i], pass.Before.Noise[i], pass.After.Noise[i]))
            );

    /// <summary>Signal and noise before and after.</summary>
    private readonly record struct Element(double X, double Y, double Dx, double DyAfter);
}
