using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>
/// Finds what is wrong with a convolution of given weights: the order of weights, the positions, the border or the rounding with which it gives the
/// subject's numbers.
/// </summary>
internal static class ConvolutionCauses
{
    internal const string Part = "convolution";
    internal const string OtherWeights = "convolutions use each other's weights: weights are not used in the order of propagation";

    /// <summary>Explains what the convolutions of an architecture do.</summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <returns>Nothing where the convolutions are right.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<GivenAnswer> answers, double unitRoundoff)
    {
        ConvolutionPass[] passes = [.. answers.SelectMany(answer => ConvolutionPass.AllOf(answer, unitRoundoff))];
        ConvolutionPass[] wrong = [.. passes.Where(pass => !pass.IsRight && !pass.IsSparse)];
        var isSparse = wrong.Length == 0;
        if (isSparse)
        {
            // Images of one pixel have sharper bounds and show coarse rounding that dense ones leave room for; but they tell nothing about positions.
            wrong = [.. passes.Where(pass => !pass.IsRight)];
        }

        if (wrong.Length == 0)
        {
            yield break;
        }

        var evidence = $"gives all {wrong.Length} tensors that are wrong, to rounding: {Where(passes, wrong)}";
        (ConvolutionPass Pass, IReadOnlyList<ConvolutionReading> Readings)[] readings = isSparse
            ? []
            : [.. wrong.Select(pass => (pass, ConvolutionReading.Recognise(pass)))];
        if (!isSparse && Array.TrueForAll(readings, found => found.Readings.Count > 0))
        {
            yield return Explanation.WithEvidence(Part, Named(passes, readings), evidence);
        }
        else if (Array.TrueForAll(wrong, pass => pass.TakesOtherWeights))
        {
            yield return Explanation.WithEvidence(Part, OtherWeights, evidence);
        }
        else if (CoarseNumbers.Recognise([.. wrong.Select(pass => new CoarseOutput(round => Gives(pass, round), pass.Output))]) is { Count: > 0 } causes)
        {
            yield return Explanation.Either(Part, causes, evidence);
        }
        else
        {
            var most = wrong.MaxBy(pass => pass.Difference)!;
            yield return Explanation.None(
                Part,
                string.Create(CultureInfo.InvariantCulture, $"outputs differ by up to {most.Difference:G2} of the largest: {Where(passes, wrong)}")
            );
        }
    }

    private static string Named(ConvolutionPass[] passes, (ConvolutionPass Pass, IReadOnlyList<ConvolutionReading> Readings)[] found)
    {
        var words = found
            .GroupBy(one => one.Pass.IsNoise)
            .OrderBy(group => group.Key)
            .Select(group => (IsNoise: group.Key, Words: Words(passes, [.. group])))
            .ToArray();
        return words is [var signal, var noise]
            ? signal.Words == noise.Words
                ? $"{signal.Words}, for signal and noise"
                : $"{signal.Words}, for the signal; {noise.Words}, for the noise"
            : $"{words[0].Words}, for the {(words[0].IsNoise ? "noise" : "signal")} only";
    }

    private static string Words(ConvolutionPass[] passes, (ConvolutionPass Pass, IReadOnlyList<ConvolutionReading> Readings)[] found)
    {
        var parts = new List<string>();
        var orders = found.Select(one => one.Readings[0].Order).Where(order => order != WeightOrder.AsGiven).Distinct().ToArray();
        parts.AddRange(orders.Select(WordsOf));
        if (found.Any(one => one.Readings[0].ExchangesChannels))
        {
            parts.Add("input and output channels of the weights exchanged");
        }

        if (found.Any(one => one.Readings[0] is not { Down: 0, Right: 0 }))
        {
            parts.Add(Aligned(passes, found));
        }

        foreach (var asked in found.GroupBy(one => one.Pass.Network.Boundary))
        {
            var margins = asked.Select(one => one.Readings.Select(reading => reading.Margin).ToHashSet()).Aggregate((all, some) => [.. all.Intersect(some)]);
            if (margins.Count > 0 && !margins.Contains(ConvolutionReading.MarginOf(asked.Key)))
            {
                parts.Add($"{string.Join(" or ", margins.Order().Select(WordsOf))} in the place of {WordsOf(ConvolutionReading.MarginOf(asked.Key))}");
            }
        }

        return string.Join(", ", parts);
    }

    /// <summary>Which positions are read: TensorFlow's rule where it gives every shift, otherwise what was found, by stride and size.</summary>
    private static string Aligned(ConvolutionPass[] passes, (ConvolutionPass Pass, IReadOnlyList<ConvolutionReading> Readings)[] found)
    {
        // Convolutions that are right have no shift, so they contradict a rule that gives them one.
        var isNoise = found[0].Pass.IsNoise;
        var followsTensorFlow = passes
            .Where(pass => pass.IsNoise == isNoise && !pass.IsSparse)
            .All(pass =>
            {
                var reading = Array.Find(found, one => ReferenceEquals(one.Pass, pass)).Readings?[0];
                return (reading?.Down ?? 0, reading?.Right ?? 0) == (ShiftOfSame(pass.Shape.Height, pass), ShiftOfSame(pass.Shape.Width, pass));
            });
        var shifts = found
            .Where(one => one.Readings[0] is not { Down: 0, Right: 0 })
            .Select(one =>
                $"{Moves(one.Readings[0].Down, "down", "up")}{Moves(one.Readings[0].Right, "right", "left")}at stride {one.Pass.Stride} and size "
                + $"{one.Pass.Size}"
            )
            .Distinct();
        return followsTensorFlow
            ? "TensorFlow's padding SAME, which at stride 2 pads below and to the right first"
            : $"padding aligned otherwise: it reads {string.Join(", ", shifts)} of where the definition does";

        static string Moves(int by, string forwards, string backwards) => by == 0 ? "" : $"{Math.Abs(by)} {(by > 0 ? forwards : backwards)} ";
    }

    /// <summary>How far after the definition's first position TensorFlow's SAME begins to read.</summary>
    private static int ShiftOfSame(int extent, ConvolutionPass pass)
    {
        var outputs = (extent + pass.Stride - 1) / pass.Stride;
        var padding = Math.Max(((outputs - 1) * pass.Stride) + pass.Size - extent, 0);
        return ((pass.Size - 1) / 2) - (padding / 2);
    }

    /// <summary>Whether a convolution of operands that are rounded so gives the tensor.</summary>
    private static bool Gives(ConvolutionPass pass, Func<double, double> round)
    {
        var output = WrittenOutLayers.Convolve(
            pass.Shape,
            [.. pass.Input.Select(round)],
            [.. pass.Weights.Select(round)],
            pass.Size,
            pass.Stride,
            pass.Network.Boundary
        );
        return Enclosure.IsWithin(pass.Output, output, pass.Tolerance);
    }

    /// <summary>Says whether signal, noise or both are wrong, and in which convolutions.</summary>
    private static string Where(ConvolutionPass[] passes, ConvolutionPass[] wrong)
    {
        var tensors = wrong.Select(pass => pass.IsNoise).Distinct().ToArray() is [var isNoise]
            ? isNoise
                ? "the noise, while the signal is right"
                : "the signal, while the noise is right"
            : "signal and noise";
        var sizes = wrong.Select(pass => pass.Size).Distinct().Order().Select(size => $"{size}×{size}");
        var which =
            wrong.All(pass => pass.Index == 0) ? "the first convolution"
            : wrong.All(pass => pass.Index > 0) && passes.Any(pass => pass.Index == 0 && pass.IsRight) ? "convolutions after the first"
            : "convolutions";
        var boundaries =
            passes.Where(pass => pass.Size > 1).Select(pass => pass.Network.Boundary).Distinct().Count() > 1
            && wrong.Where(pass => pass.Size > 1).Select(pass => pass.Network.Boundary).Distinct().ToArray() is [var boundary]
                ? $", {BoundaryWords.WordsOf(boundary)}"
                : "";
        return $"{tensors} of {which} ({string.Join(", ", sizes)}{boundaries})";
    }

    private static string WordsOf(WeightOrder order) =>
        order switch
        {
            WeightOrder.AsGiven => "weights as given",
            WeightOrder.Flipped => "a kernel flipped, as in a true convolution",
            WeightOrder.RowsBackwards => "rows of the kernel backwards",
            WeightOrder.ColumnsBackwards => "columns of the kernel backwards",
            WeightOrder.Exchanged => "height and width of the kernel exchanged",
            WeightOrder.ExchangedFlipped => "height and width of the kernel exchanged and both backwards",
            WeightOrder.MovedBack or WeightOrder.MovedOn => "a kernel shifted by one entry",
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, "expected an order of weights"),
        };

    private static string WordsOf(Margin margin) =>
        margin switch
        {
            Margin.Periodic => "periodic padding",
            Margin.Symmetric => "symmetric padding (edge repeated)",
            Margin.Zeros => "zero padding",
            Margin.Reflected => "reflect padding (edge not repeated)",
            Margin.Edge => "edge padding",
            _ => throw new ArgumentOutOfRangeException(nameof(margin), margin, "expected a margin"),
        };
}
