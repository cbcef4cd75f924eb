using System.Text;

namespace Wellbehaved.Onnx;

/// <summary>Finds the files that a model names as the places of its tensors, without reading the tensors themselves.</summary>
/// <remarks>
/// It walks through the file's nested messages by their lengths, so that gigabytes of weights are passed over. What is damaged ends the walk without an error:
/// whoever reads the model says what is wrong with it. The numbers are those of fields in onnx.proto.
/// </remarks>
internal static class ExternalFiles
{
    /// <summary>Graphs within nodes, one within the other, that are looked into.</summary>
    private const int MostLevels = 200;

    private const int MostBytesOfText = 1 << 15;

    private const int Location = 13;

    private enum Part
    {
        Model,
        Training,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        Entry,
    }

    /// <summary>Finds the files.</summary>
    /// <param name="path">The model.</param>
    /// <returns>Their paths, each once, in the folder of the model as the model has it; no more than names, since they need not exist.</returns>
    public static IReadOnlyCollection<string> Find(string path)
    {
        var locations = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var file = RegularFile.Open(path);
            using var stream = new BufferedStream(file, 1 << 16);
            Walk(stream, stream.Length, Part.Model, locations, MostLevels);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            // Whoever reads the model says so.
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return [.. locations.Select(location => Path.Combine(folder, location))];
    }

    /// <summary>The message that a field holds; null for a field that leads to no tensor.</summary>
    private static Part? Within(Part part, ulong field) =>
        (part, field) switch
        {
            (Part.Model, 7) or (Part.Training, 1 or 2) or (Part.Attribute, 6 or 11) => Part.Graph,
            (Part.Model, 20) => Part.Training,
            (Part.Model, 25) => Part.Function,
            (Part.Graph, 1) or (Part.Function, 7) => Part.Node,
            (Part.Graph, 15) or (Part.Attribute, 22 or 23) => Part.SparseTensor,
            (Part.Graph, 5) or (Part.Attribute, 5 or 10) or (Part.SparseTensor, 1 or 2) => Part.Tensor,
            (Part.Node, 5) => Part.Attribute,
            (Part.Tensor, Location) => Part.Entry,
            _ => null,
        };

    /// <summary>Walks through a message.</summary>
    /// <returns>Whether it was whole, so that what follows can be understood.</returns>
    private static bool Walk(Stream stream, long end, Part part, HashSet<string> locations, int levels)
    {
        var (key, value) = ((string?)null, (string?)null);
        while (stream.Position < end)
        {
            if (Number(stream) is not { } tag)
            {
                return false;
            }

            var field = tag >> 3;
            long length;
            switch (tag & 7)
            {
                case 0 when Number(stream) is not null:
                    continue;
                case 1:
                    length = sizeof(ulong);
                    break;
                case 2 when Number(stream) is { } stated && stated <= (ulong)(end - stream.Position):
                    length = (long)stated;
                    break;
                case 5:
                    length = sizeof(uint);
                    break;
                default:
                    return false;
            }

            var next = stream.Position + length;
            if (part == Part.Entry && field is 1 or 2 && length <= MostBytesOfText)
            {
                var bytes = new byte[length];
                stream.ReadExactly(bytes);
                (key, value) = field == 1 ? (Encoding.UTF8.GetString(bytes), value) : (key, Encoding.UTF8.GetString(bytes));
            }
            else if (Within(part, field) is { } inner && levels > 0 && !Walk(stream, next, inner, locations, levels - 1))
            {
                return false;
            }

            stream.Position = next;
        }

        if (key == "location" && value is { Length: > 0 } && !value.Contains('\0'))
        {
            locations.Add(value);
        }

        return stream.Position == end;
    }

    /// <summary>Reads an integer of variable length; null where there is none.</summary>
    private static ulong? Number(Stream stream)
    {
        var number = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0)
            {
                return null;
            }

            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        return null;
    }
}
