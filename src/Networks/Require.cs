using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>Checks that several layers share.</summary>
internal static class Require
{
    /// <summary>Refuses integers outside a range.</summary>
    public static void Between(string path, string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new InvalidNetworkException(path, string.Create(CultureInfo.InvariantCulture, $"expected {name} from {least} to {most}, got {value}"));
        }
    }

    /// <summary>Refuses shapes that no image can have.</summary>
    public static void InputOf(Shape shape)
    {
        Between("input", "height", shape.Height, 1, Limits.Extent);
        Between("input", "width", shape.Width, 1, Limits.Extent);
        Between("input", "channels", shape.Channels, 1, Limits.Channels);
    }

    /// <summary>Refuses numbers that are negative or not finite.</summary>
    public static void NotNegative(string path, string name, double value)
    {
        if (!double.IsFinite(value) || value < 0)
        {
            throw new InvalidNetworkException(
                path,
                string.Create(CultureInfo.InvariantCulture, $"expected {name} to be a finite number of at least 0, got {value}")
            );
        }
    }

    /// <summary>Refuses numbers that are not finite.</summary>
    public static void Finite(string path, string name, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new InvalidNetworkException(path, string.Create(CultureInfo.InvariantCulture, $"expected {name} to be a finite number, got {value}"));
        }
    }

    /// <summary>Refuses numbers that are not a probability greater than 0.</summary>
    public static void Probability(string path, string name, double value)
    {
        if (!(value > 0 && value <= 1))
        {
            throw new InvalidNetworkException(path, string.Create(CultureInfo.InvariantCulture, $"expected {name} above 0 and at most 1, got {value}"));
        }
    }

    /// <summary>Refuses values that an enumeration does not have.</summary>
    public static void Defined<T>(string path, string name, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new InvalidNetworkException(path, $"expected {name} to be one of {string.Join(", ", Enum.GetNames<T>())}, got {value}");
        }
    }
}
