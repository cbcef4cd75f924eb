using Wellbehaved.Networks;

namespace Wellbehaved.Training;

/// <summary>The network that is trained: the one that the options describe, followed by a linear readout.</summary>
internal static class TrainedNetwork
{
    /// <summary>Determines the network.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">Shape of the images.</param>
    /// <returns>A network that ends in one position. An architecture of convolutions gets a global average pool before its readout.</returns>
    /// <exception cref="InvalidInputException">
    /// The network reads other images, ends in several positions, has no weights, or draws masks at every step of training.
    /// </exception>
    public static Network Find(ExperimentOptions options, Shape images)
    {
        var network = options.Network ?? OfArchitecture(options, images);
        var parameter = options.Network is null
            ? ParameterName.Spell(nameof(ExperimentOptions.Architecture))
            : ParameterName.Spell(nameof(ExperimentOptions.Network));
        if (network.Input.Features != images.Features || (options.Network is not null && network.Input != images))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                $"expected images of {network.Input}, which {network.Name} reads, got {images} of "
                    + $"{options.Dataset}{(options.Network is null ? "" : "; leave \"input\" out of the file, and the network reads any")}"
            );
        }

        if (All(network.Layers).FirstOrDefault(layer => layer is Dropout or Residual { Survival: < 1 }) is { } random)
        {
            var what = random is Dropout ? random.Word : "survival below 1";
            throw new InvalidInputException(
                parameter,
                $"expected a network without {what}, which training would draw anew at every step: train trains one mapping"
            );
        }

        if (!ParameterList.Enumerate(network).Any())
        {
            throw new InvalidInputException(parameter, $"expected a network with weights to train, {network.Name} has none");
        }

        var end = network.Output;
        return end.Positions == 1
            ? network
            : throw new InvalidInputException(
                parameter,
                $"expected a network that a linear readout can follow, which ends in one position; {network.Name} ends in "
                    + $"{end.Height}×{end.Width}: let \"global_average_pool\" or \"flatten\" be its last layer"
            );
    }

    private static Network OfArchitecture(ExperimentOptions options, Shape images)
    {
        var settings = options.Settings(new TensorShape(options.BatchSize, images.Height, images.Width, images.Channels));
        var network =
            settings.Description()
            ?? throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.KernelSize)),
                $"expected at most the {settings.FeatureShape.Height}×{settings.FeatureShape.Width} positions inside the network, got {options.KernelSize}"
            );
        return network.Output.Positions == 1 ? network : new Network(network.Name, network.Input, [.. network.Layers, new GlobalAveragePool()]);
    }

    /// <summary>All layers, including those within others.</summary>
    private static IEnumerable<Layer> All(Layers layers) =>
        layers.SelectMany(layer =>
            layer switch
            {
                Repeat repeat => All(repeat.Unit),
                Residual residual => All(residual.Branch).Concat(All(residual.Skip)).Prepend(residual),
                _ => [layer],
            }
        );
}
