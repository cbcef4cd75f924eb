using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>The shape of a law.</summary>
internal enum LawShape
{
    Stays,
    Constant,
    Normal,
    Uniform,
}

/// <summary>The law of the elements of a tensor, which are independent.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="IsGuessed">Whether the elements are too few to determine the shape.</param>
internal readonly record struct ParameterLaw(LawShape Shape, double Mean = 0, double Deviation = 0, bool IsGuessed = false)
{
    /// <summary>The fourth moment of uniform numbers, divided by their squared variance.</summary>
    private const double OfUniform = 1.8;

    /// <summary>The same of normal numbers that end at two standard deviations, which common initialisations draw; it is 3 where they do not end.</summary>
    private const double OfTruncated = 2.366;

    /// <summary>
    /// The standard deviation of this ratio in a sample of uniform numbers, times the root of their number: its square is 1.318, by the delta method from the
    /// moments 9/5, 27/7 and 9 of uniform numbers of variance 1.
    /// </summary>
    private const double Scatter = 1.148;

    /// <summary>With fewer elements a fourth moment says nothing.</summary>
    private const int FewElements = 30;

    /// <summary>The law that keeps the values in the file.</summary>
    public static ParameterLaw FromFile { get; } = new(LawShape.Stays);

    /// <summary>The law that fits given elements.</summary>
    public static ParameterLaw Like(ReadOnlySpan<double> elements)
    {
        var mean = 0.0;
        foreach (var element in elements)
        {
            mean += element / elements.Length;
        }

        var (squares, fourths, isConstant) = (0.0, 0.0, true);
        foreach (var element in elements)
        {
            var square = (element - mean) * (element - mean);
            squares += square;
            fourths += square * square;
            isConstant &= element == elements[0];
        }

        if (isConstant)
        {
            return !elements.IsEmpty && elements[0] == (float)elements[0] ? new ParameterLaw(LawShape.Constant, elements[0]) : FromFile;
        }

        var variance = squares / elements.Length;
        var isUniform = elements.Length >= FewElements && fourths / elements.Length < UniformBelow(elements.Length) * variance * variance;
        return new ParameterLaw(isUniform ? LawShape.Uniform : LawShape.Normal, mean, Math.Sqrt(variance), elements.Length < FewElements);
    }

    /// <summary>
    /// Numbers count as uniform if their fourth moment, divided by the squared variance, is below this: halfway to the nearest other law, and for fewer than
    /// some 150 numbers as far as three standard deviations of a sample of uniform ones.
    /// </summary>
    private static double UniformBelow(int elements) => Math.Max((OfUniform + OfTruncated) / 2, OfUniform + (3 * Scatter / Math.Sqrt(elements)));

    /// <summary>Draws elements.</summary>
    /// <param name="elements">Receives the elements.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="mapping">Number of the mapping.</param>
    /// <param name="parameter">Number of the tensor.</param>
    public void Draw(Span<float> elements, ulong seed, uint mapping, uint parameter)
    {
        switch (Shape)
        {
            case LawShape.Normal:
                new RandomNumbers(seed, mapping, parameter, RandomPurpose.Weights).FillNormal(elements, Deviation);
                break;
            case LawShape.Uniform:
                new RandomNumbers(seed, mapping, parameter, RandomPurpose.UniformWeights).FillUniform(elements, Deviation * Math.Sqrt(3));
                break;
            case LawShape.Constant:
                elements.Clear();
                break;
            case LawShape.Stays:
                throw new InvalidOperationException("parameters that are kept are not drawn");
        }

        if (Mean != 0)
        {
            foreach (ref var element in elements)
            {
                element += (float)Mean;
            }
        }
    }

    /// <summary>The law in words.</summary>
    public override string ToString() =>
        Shape switch
        {
            LawShape.Stays => "as in the file",
            LawShape.Constant => string.Create(CultureInfo.InvariantCulture, $"constant {Mean:G4}"),
            LawShape.Normal => $"normal{(IsGuessed ? " (too few to tell)" : "")}, mean {Spell(Mean)}, deviation {Spell(Deviation)}",
            LawShape.Uniform => $"uniform, mean {Spell(Mean)}, deviation {Spell(Deviation)}",
            _ => throw new InvalidOperationException($"no law {Shape}"),
        };

    /// <summary>A number with three digits, as in all reports: <c>9.21e-3</c>.</summary>
    private static string Spell(double value) =>
        value.ToString(value != 0 && Math.Abs(value) is < 0.01 or >= 999.5 ? "0.##e0" : "G3", CultureInfo.InvariantCulture);
}
