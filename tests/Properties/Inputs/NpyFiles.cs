using System.Text;

namespace Wellbehaved.Tests.Properties;

/// <summary>Writes files of arrays, also such as our own writer would not.</summary>
internal static class NpyFiles
{
    /// <summary>Writes an array.</summary>
    public static string Write(string path, NpyArray array)
    {
        using var stream = File.Create(path);
        NpyFormat.Write(stream, array);
        return path;
    }

    /// <summary>Writes bytes under a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">What stands for the type, in quotes where it needs them.</param>
    /// <param name="shape">What stands between the parentheses.</param>
    /// <param name="content">The elements.</param>
    /// <param name="fortran">Whether the first index is the fastest.</param>
    public static string Write(string path, string type, string shape, byte[] content, bool fortran = false)
    {
        using var stream = File.Create(path);
        stream.Write(Header(type, shape, fortran));
        stream.Write(content);
        return path;
    }

    /// <summary>A header.</summary>
    public static byte[] Header(string type, string shape, bool fortran = false)
    {
        var text = $"{{'descr': {type}, 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    /// <summary>All images, in the order of the source's first batch.</summary>
    public static double[] AllPixels(this ImageSource images)
    {
        var pixels = new double[images.Count!.Value * images.Height * images.Width * images.Channels];
        images.FillBatch(1, 0, images.Count.Value, pixels);
        return pixels;
    }
}
