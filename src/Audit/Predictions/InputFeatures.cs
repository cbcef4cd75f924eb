using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The input of simulation 0 in the form that the theory needs: a matrix of numbers.</summary>
internal static class InputFeatures
{
    /// <summary>Draws and normalises the whole batch, and returns its first images.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="used">Number of images to return.</param>
    /// <returns>Signal and noise (points × channels each) and μ₂(x⁰) of the whole batch.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised.</exception>
    public static (Matrix<double> Signal, Matrix<double> Noise, double Mu2InputSignal) Draw(ExperimentOptions options, ImageSource images, int used)
    {
        var shape = options.Settings(images).NetworkInput;
        using var input = new SignalAndNoise<double>(shape);
        var mu2InputSignal = new NetworkInput(images, options.Normalize, options.Seed).Fill(0, input);
        var part = shape with { Images = used };
        return (Rows(input.Signal), Rows(input.Noise), mu2InputSignal);

        Matrix<double> Rows(ReadOnlySpan<double> values) => Matrix<double>.Build.DenseOfRowMajor(part.Points, part.Channels, values[..part.Elements].ToArray());
    }
}
