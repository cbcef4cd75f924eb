using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>Reads a model, runs its mappings and sends messages about them, within the process that has ONNX Runtime.</summary>
internal static class OnnxWork
{
    /// <summary>Does the work of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="say">Receives messages.</param>
    /// <exception cref="InvalidInputException">The file or an option is wrong.</exception>
    public static void Do(OnnxRequest request, Action<OnnxMessage> say)
    {
        var inputs = new OnnxInputs(request);
        OnnxNetwork network;
        try
        {
            network = OnnxNetwork.Open(
                request.Path,
                new OnnxOptions
                {
                    BatchSize = request.BatchSize,
                    ImageShape = request.ImageShape ?? inputs.ImageShape,
                    InputShapes = request.InputShapes.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<long>)pair.Value),
                    BatchNorm = request.BatchNorm,
                    Noise = request.Noise,
                    Weights = request.Weights,
                    Keep = request.Keep,
                    ReffSignal = request.ReffSignal,
                    ReffNoise = request.ReffNoise,
                    Threads = Math.Min(request.Threads, request.Limits.Threads),
                    Device = request.Device,
                    Signal = inputs.Elements,
                }
            );
        }
        catch (Exception missing) when (missing is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            var platform = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
            throw new InvalidInputException(
                "ONNX Runtime",
                $"expected its library for {platform} beside the command, which has none for this platform",
                missing
            );
        }

        using (network)
        {
            inputs.Require(network);
            var kept = request.Keep.FirstOrDefault(pattern =>
                !network.Parameters.Any(parameter => ParameterSearch.Matches(pattern, parameter.Name) || ParameterSearch.Matches(pattern, parameter.Tensor))
            );
            if (kept is not null)
            {
                var example = network.Parameters.Select(parameter => parameter.Name).FirstOrDefault("none");
                throw new InvalidInputException(
                    "--keep",
                    $"expected a pattern, in which * stands for any text, of names of parameters such as '{example}', got '{kept}'"
                );
            }

            say(
                new OnnxMessage
                {
                    Network = new OnnxDescription(
                        network.Name,
                        network.Sha256,
                        network.Inputs,
                        network.Places,
                        network.Parameters,
                        network.Remarks,
                        network.LeastMemory,
                        network.MultiplyAdds,
                        inputs.Checksum,
                        network.Composition
                    ),
                }
            );
            foreach (var simulation in Enumerable.Range(0, request.NumSims).Except(request.Finished))
            {
                var mapping = network.Map(request.Seed, (uint)simulation, share => say(new OnnxMessage { Progress = share }));
                say(new OnnxMessage { Simulation = simulation, Mapping = OnnxEncodedMapping.Encode(mapping) });
            }
        }
    }
}
