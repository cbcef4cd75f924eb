using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The value of <c>--input-shape</c>.</summary>
/// <param name="Image">Height, width and channels of an image; null where no shape of images is given.</param>
/// <param name="Named">Shapes of inputs of ONNX files by name, batch included.</param>
internal sealed record InputShapes(Shape? Image, IReadOnlyDictionary<string, long[]> Named);
