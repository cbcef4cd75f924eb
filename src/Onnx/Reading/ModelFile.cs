using System.Security.Cryptography;
using Google.Protobuf;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Reads the bytes of a model file.</summary>
internal static class ModelFile
{
    /// <summary>The greatest size that protocol buffers allow.</summary>
    private const long MostBytes = int.MaxValue;

    /// <summary>Bytes that versions and names at the beginning of a model take at most.</summary>
    private const int MostBytesBeforeGraph = 1 << 16;

    private const int RecursionLimit = 8;

    /// <summary>The name of the program that wrote a model, of which no more is read than what comes before its graph.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The name; null for a file that is no model, or does not say it.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public static string? Producer(string path)
    {
        using var file = RegularFile.Open(path, "file of a model");
        try
        {
            using var input = CodedInputStream.CreateWithLimits(file, MostBytesBeforeGraph, RecursionLimit);
            for (uint tag; (tag = input.ReadTag()) != 0 && WireFormat.GetTagFieldNumber(tag) != ModelProto.GraphFieldNumber; )
            {
                if (tag == WireFormat.MakeTag(ModelProto.ProducerNameFieldNumber, WireFormat.WireType.LengthDelimited))
                {
                    return input.ReadString();
                }

                input.SkipLastField();
            }

            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
        catch (IOException error)
        {
            throw new InvalidInputException(path, $"expected a file that can be read ({error.Message})", error);
        }
    }

    /// <summary>Reads a model and the hash of its file.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read, or is not a model.</exception>
    public static (ModelProto Model, string Sha256) Read(string path)
    {
        try
        {
            using var file = RegularFile.Open(path, "file of a model");
            if (file.Length > MostBytes)
            {
                throw new InvalidInputException(path, $"expected a model of at most 2 GiB, its tensors included, got {file.Length} bytes");
            }

            if (file.Length == 0)
            {
                throw new InvalidInputException(path, "expected an ONNX model, got an empty file");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var model = ModelProto.Parser.ParseFrom(bytes);
            return model.Graph is null
                ? throw new InvalidInputException(path, "expected an ONNX model, got a file without a graph")
                : (model, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidInputException(path, $"expected an ONNX model, got a file that is cut off or of another kind ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(path, $"expected a file that can be read ({error.Message})", error);
        }
    }
}
