using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Model;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Provides the inputs of a graph for a mapping: parameters, inputs and noise, each a function of the seed, the mapping and the number of its
/// name.</summary>
internal sealed class MappingSource(
    OnnxOptions options,
    IReadOnlyList<Parameter> parameters,
    IReadOnlyList<NoiseEntry> entries,
    IReadOnlyDictionary<string, string> tangents,
    IReadOnlyList<OnnxInput> inputs,
    ulong seed,
    uint simulation
)
{
    /// <summary>Provides a value.</summary>
    /// <param name="declared">The declaration of the value.</param>
    public OrtValue Value(ValueInfoProto declared)
    {
        var shape = declared.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue);
        var elements = Tensors.Count(shape) is { } count and <= int.MaxValue
            ? new float[count]
            : throw new InvalidInputException(
                declared.Name,
                $"expected a value that memory holds, got shape [{string.Join(", ", shape)}]; choose a smaller batch"
            );
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Value == declared.Name)
            {
                return Parameter(declared, parameters[i], (uint)i, elements);
            }
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (tangents[entries[i].Value] == declared.Name)
            {
                new RandomNumbers(seed, simulation, (uint)i, RandomPurpose.InputNoise).FillNormal<float>(elements, 1);
                return InputValues.Value(declared, elements);
            }
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Name == declared.Name)
            {
                Signal(inputs[i], (uint)i, elements);
                return InputValues.Value(declared, elements);
            }
        }

        throw new InvalidOperationException($"nothing gives '{declared.Name}'");
    }

    private OrtValue Parameter(ValueInfoProto declared, Parameter parameter, uint number, float[] elements)
    {
        if (parameter.Law.Shape != LawShape.Stays)
        {
            parameter.Law.Draw(elements, seed, simulation, number);
            return InputValues.Value(declared, elements);
        }

        var kept = Tensors.Reals(parameter.Tensor);
        if ((DataType)declared.Type.TensorType.ElemType == DataType.Double)
        {
            var value = InputValues.Value(declared, elements);
            kept.CopyTo(value.GetTensorMutableDataAsSpan<double>());
            return value;
        }

        for (var i = 0; i < kept.Length; i++)
        {
            elements[i] = (float)kept[i];
        }

        return InputValues.Value(declared, elements);
    }

    private void Signal(OnnxInput input, uint number, float[] elements)
    {
        if (options.Signal?.Invoke(input, simulation) is { } given)
        {
            if (given.Length != elements.Length)
            {
                throw new InvalidInputException(
                    input.Name,
                    $"expected {elements.Length} elements of shape [{string.Join(", ", input.Shape)}], got {given.Length}"
                );
            }

            given.CopyTo(elements, 0);
        }
        else if (input.Tokens is { } tokens)
        {
            var stream = new RandomNumbers(seed, simulation, number, RandomPurpose.BatchSelection);
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = (uint)(((ulong)stream.Block((uint)i).Word0 * (ulong)tokens) >> 32);
            }
        }
        else if (!input.IsReal)
        {
            Array.Fill(elements, 1);
        }
        else
        {
            new RandomNumbers(seed, simulation, number, RandomPurpose.GaussianImages).FillNormal<float>(elements, 1);
        }
    }
}
