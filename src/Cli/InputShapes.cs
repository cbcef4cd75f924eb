using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>What <c>--input-shape</c> says.</summary>
/// <param name="Image">Height, width and channels of an image; null where nothing is said of images.</param>
/// <param name="Named">Shapes of inputs of ONNX files by name, batch included.</param>
internal sealed record InputShapes(Shape? Image, IReadOnlyDictionary<string, long[]> Named);
