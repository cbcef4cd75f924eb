using System.Text.Json;
using System.Text.Json.Serialization;
using Wellbehaved.Model;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>A line that the process with ONNX Runtime writes: exactly one of the fields is set.</summary>
internal sealed record OnnxMessage
{
    /// <summary>The JSON options by which lines are written.</summary>
    public static JsonSerializerOptions Format { get; } =
        new()
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter() },
        };

    /// <summary>The network, after it has been read, differentiated and loaded.</summary>
    public OnnxDescription? Network { get; init; }

    /// <summary>Share of a mapping that is done.</summary>
    public double? Progress { get; init; }

    /// <summary>Index of a finished mapping.</summary>
    public int? Simulation { get; init; }

    /// <summary>A finished mapping.</summary>
    public OnnxEncodedMapping? Mapping { get; init; }

    /// <summary>What is wrong with a file or an option.</summary>
    public OnnxFailure? Failure { get; init; }

    /// <summary>Set in the last line, after all work is done.</summary>
    public bool? Done { get; init; }
}

/// <summary>Why the process with ONNX Runtime gave up.</summary>
/// <param name="Message">The reason.</param>
/// <param name="Subject">The file or option that is wrong; null for a defect of ours.</param>
/// <param name="Trace">Where in the program a defect of ours showed; null for what the user can mend.</param>
internal sealed record OnnxFailure(string Message, string? Subject, string? Trace = null);

/// <summary>The parts of a network in an ONNX file that the command needs.</summary>
internal sealed record OnnxDescription(
    string Name,
    string Sha256,
    IReadOnlyList<OnnxInput> Inputs,
    IReadOnlyList<OnnxPlace> Places,
    IReadOnlyList<OnnxParameter> Parameters,
    IReadOnlyList<string> Remarks,
    long LeastMemory,
    double MultiplyAdds,
    string InputChecksum,
    OnnxComposition Composition
);

/// <summary>The moments of a mapping, bit for bit.</summary>
/// <param name="Mu2InputSignal">μ₂ of the signal where noise enters.</param>
/// <param name="Moments">Sets of moments one after the other, up to the first place with a number that is not finite.</param>
/// <param name="IsNotANumber">Whether the number at that place is NaN.</param>
/// <param name="NotFiniteNode">The node that produced it.</param>
internal sealed record OnnxEncodedMapping(double Mu2InputSignal, byte[] Moments, bool IsNotANumber, string? NotFiniteNode)
{
    /// <summary>Encodes a mapping.</summary>
    public static OnnxEncodedMapping Encode(OnnxMapping mapping)
    {
        var count = mapping.FirstNotFinite ?? mapping.Moments.Count;
        var bytes = new byte[count * MomentSet.EncodedLength];
        for (var i = 0; i < count; i++)
        {
            mapping.Moments[i]!.Value.Encode(bytes.AsSpan(i * MomentSet.EncodedLength));
        }

        return new(mapping.Mu2InputSignal, bytes, mapping.IsNotANumber, mapping.NotFiniteNode);
    }

    /// <summary>Decodes the mapping.</summary>
    /// <param name="places">Number of all places.</param>
    public OnnxMapping Decode(int places)
    {
        var moments = new MomentSet?[places];
        for (var i = 0; i < Moments.Length / MomentSet.EncodedLength; i++)
        {
            moments[i] = MomentSet.Decode(Moments.AsSpan(i * MomentSet.EncodedLength));
        }

        return new(Mu2InputSignal, moments) { IsNotANumber = IsNotANumber, NotFiniteNode = NotFiniteNode };
    }
}
