using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The inputs of a network in an ONNX file: images of a data set, or tokens of a file.</summary>
/// <param name="request">The options of the call.</param>
internal sealed class OnnxInputs(OnnxRequest request)
{
    private readonly ImageSource? _images = request.Dataset is { } dataset and not GaussianImages.Name
        ? ImageSources.Open(dataset, request.DataDir, request.Layout)
        : null;
    private readonly OnnxTokens? _tokens = request.Tokens is { } path ? new OnnxTokens(path) : null;
    private string? _imageInput;

    /// <summary>Shape of the images; null without a data set.</summary>
    public Shape? ImageShape => _images is null ? null : new Shape(_images.Height, _images.Width, _images.Channels);

    /// <summary>The checksum of the inputs, as result files record it.</summary>
    public string Checksum => _images?.Checksum ?? GaussianImages.Name;

    /// <summary>Requires that some input of the network takes the data set, some input the tokens, and some input the shape of images.</summary>
    /// <exception cref="InvalidInputException">No input takes the data set, the tokens or the shape, or the data set is smaller than the batch.</exception>
    public void Require(OnnxNetwork network)
    {
        if (_images is not null)
        {
            var open = network.Inputs.FirstOrDefault(input => input.IsReal && input.Shape.Count == 4);
            _imageInput =
                network.Inputs.FirstOrDefault(input => input.IsReal && OrderOf(input) is not null)?.Name
                ?? throw new InvalidInputException(
                    "--dataset",
                    open is null
                        ? "expected a network with an input of images, got one without; without --dataset, inputs are Gaussian"
                        : $"expected images that fit the input '{open.Name}' of shape [{string.Join(", ", open.Shape)}], got "
                            + $"{ShapeOption.Spell(ImageShape!.Value)}; without --dataset, inputs are Gaussian"
                );
            var batch = network.Inputs.First(input => input.Name == _imageInput).Shape[0];
            if (_images.Count < batch)
            {
                throw new InvalidInputException(
                    "--batch-size",
                    string.Create(CultureInfo.InvariantCulture, $"expected at most {_images.Count}, the number of images of {request.Dataset}, got {batch}")
                );
            }
        }

        if (request.ImageShape is { } shape && !network.Inputs.Any(input => IsOf(shape, input)))
        {
            var first = network.Inputs[0];
            throw new InvalidInputException(
                "--input-shape",
                $"expected the name and all lengths of an input, since none takes images, in the form "
                    + $"{first.Name}={string.Join('x', first.Shape)}, got {ShapeOption.Spell(shape)}"
            );
        }

        var ofTokens = network.Inputs.Where(input => input.Tokens is not null).ToArray();
        if (_tokens is not null && ofTokens.Length == 0)
        {
            throw new InvalidInputException("--tokens", "expected a network with an input of token numbers, got one without");
        }

        foreach (var input in ofTokens)
        {
            _tokens?.RequireFor(input);
        }
    }

    /// <summary>The elements of an input; null for an input that is drawn at random.</summary>
    public float[]? Elements(OnnxInput input, uint simulation) =>
        input.Name == _imageInput ? Images(input, simulation)
        : input.Tokens is not null ? _tokens?.Choose(input, request.Seed, simulation)
        : null;

    /// <summary>Whether an input has the shape of images, whatever their number and wherever its channels stand.</summary>
    private static bool IsOf(Shape image, OnnxInput input) =>
        input is { IsReal: true, Shape: [_, var second, var third, var last] }
        && (
            (second == image.Channels && third == image.Height && last == image.Width)
            || (second == image.Height && third == image.Width && last == image.Channels)
        );

    /// <summary>Whether channels are the second axis (true) or the last one; null where the images do not fit.</summary>
    private bool? OrderOf(OnnxInput input) =>
        _images is not { } images
            ? null
            : input.Shape switch
            {
                [_, var channels, var height, var width] when channels == images.Channels && height == images.Height && width == images.Width => true,
                [_, var height, var width, var channels] when channels == images.Channels && height == images.Height && width == images.Width => false,
                _ => null,
            };

    private float[] Images(OnnxInput input, uint simulation)
    {
        var form = _images!.BatchShape((int)input.Shape[0]);
        using var batch = new SignalAndNoise<float>(form, form.Elements);
        new NetworkInput(_images, request.Normalize, request.Seed).Fill(simulation, batch);
        if (OrderOf(input) == false)
        {
            return batch.Signal.ToArray();
        }

        var (turned, positions) = (new float[form.Elements], _images.Height * _images.Width);
        for (var i = 0; i < turned.Length; i++)
        {
            var (channel, position, image) = (i % _images.Channels, i / _images.Channels % positions, i / _images.Channels / positions);
            turned[(((image * _images.Channels) + channel) * positions) + position] = batch.Signal[i];
        }

        return turned;
    }
}
