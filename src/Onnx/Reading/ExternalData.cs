using System.Globalization;
using Google.Protobuf;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Reads tensors that are stored in files beside the model's file.</summary>
/// <remarks>The names of these files come from the model, so only files inside the model's folder are opened, and links are not followed.</remarks>
internal static class ExternalData
{
    /// <summary>Reads the bytes into the tensor.</summary>
    /// <exception cref="InvalidInputException">The file is outside of the model's folder, or does not hold the bytes.</exception>
    public static void Load(string modelPath, TensorProto tensor, long bytes)
    {
        InvalidInputException Wrong(string found, Exception? inner = null) =>
            new(modelPath, $"expected the data of tensor '{tensor.Name}' in a file of the model's folder, {found}", inner!);

        var entries = tensor.ExternalData.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        if (!entries.TryGetValue("location", out var location) || location.Length == 0)
        {
            throw Wrong("but no location is given");
        }

        var folder = Path.GetFullPath(Path.GetDirectoryName(Path.GetFullPath(modelPath))!);
        if (Path.IsPathRooted(location) || location.Contains('\\') || location.Contains('\0') || location.Split('/').Any(part => part is ".." or ""))
        {
            throw Wrong($"got '{location}'");
        }

        var offset = Number(entries, "offset") ?? 0;
        var length = Number(entries, "length") ?? bytes;
        if (offset < 0 || length != bytes)
        {
            throw Wrong($"{bytes} bytes from an offset of at least 0, got {length} from {offset}");
        }

        try
        {
            var path = Path.Combine(folder, location);
            for (var part = path; part.Length > folder.Length; part = Path.GetDirectoryName(part)!)
            {
                if (new FileInfo(part).LinkTarget is not null)
                {
                    throw Wrong($"got the link '{location}'");
                }
            }

            using var file = Opened(path);
            if (file.Length - offset < length)
            {
                throw Wrong($"got '{location}' with {file.Length} bytes, which has no {length} bytes from offset {offset} on");
            }

            file.Position = offset;
            var content = new byte[length];
            file.ReadExactly(content);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(content);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong($"but '{location}' cannot be read ({error.Message})", error);
        }

        FileStream Opened(string path)
        {
            try
            {
                return RegularFile.Open(path);
            }
            catch (InvalidInputException error)
            {
                throw Wrong($"but '{location}' cannot be read ({error.Message})", error);
            }
        }

        long? Number(Dictionary<string, string> from, string key) =>
            !from.TryGetValue(key, out var text) ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong($"got the {key} '{text}'");
    }
}
