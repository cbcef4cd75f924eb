using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The Fourier transform of the weights of a convolution; it is computed for one frequency and a panel of output channels when needed.</summary>
/// <remarks>
/// The whole transform would take (area of the image)/k² times the memory of the weights. The weights are stored in panels of output channels, where those of
/// an input channel are together for all k² kernel offsets, so that they are read in order. Transforming along the columns first, once for all frequencies
/// that share it, reduces the work for each frequency from k² to k complex multiply-adds.
/// </remarks>
internal sealed unsafe class KernelSpectrum : IDisposable
{
    private readonly KernelShape _shape;
    private readonly int _height;
    private readonly int _width;
    private readonly int _dilation;
    private readonly int _panelColumns;
    private readonly AlignedBuffer<float> _panels;

    /// <summary>Allocates the panels.</summary>
    /// <param name="shape">Arrangement of the weights.</param>
    /// <param name="height">Number of rows of the tile.</param>
    /// <param name="width">Number of columns of the tile.</param>
    /// <param name="dilation">Distance between two neighbouring inputs of a patch.</param>
    /// <param name="panelColumns">Number of output channels in a panel, a multiple of 16.</param>
    public KernelSpectrum(KernelShape shape, int height, int width, int dilation, int panelColumns)
    {
        (_shape, _height, _width, _dilation, _panelColumns) = (shape, height, width, dilation, panelColumns);
        Panels = (shape.OutputChannels + _panelColumns - 1) / _panelColumns;
        _panels = new AlignedBuffer<float>(checked(Panels * shape.FanIn * _panelColumns));
    }

    /// <summary>Number of panels of output channels.</summary>
    public int Panels { get; }

    /// <summary>Arranges the weights of one panel.</summary>
    /// <param name="kernel">The weights, in the order of <see cref="KernelShape"/>.</param>
    /// <param name="panel">The panel.</param>
    public void Arrange(float* kernel, int panel)
    {
        var area = _shape.Size * _shape.Size;
        var firstColumn = panel * _panelColumns;
        var width = Math.Min(_panelColumns, _shape.OutputChannels - firstColumn);
        var target = Panel(panel);
        for (var input = 0; input < _shape.InputChannels; input++)
        {
            for (var offset = 0; offset < area; offset++, target += _panelColumns)
            {
                var source = kernel + ((((nint)offset * _shape.InputChannels) + input) * _shape.OutputChannels) + firstColumn;
                new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
            }
        }
    }

    /// <summary>Transforms a panel along the columns of the kernel, for one frequency.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="frequency">Frequency along the columns.</param>
    /// <param name="target">Receives (input channels × k × real and imaginary parts × panel columns).</param>
    public void TransformColumns(int panel, int frequency, float* target)
    {
        var size = _shape.Size;
        Span<Root> roots = stackalloc Root[size];
        FillRoots((long)_dilation * frequency, _height, 1, roots);
        var rowLength = (nint)size * _panelColumns;
        var weights = Panel(panel);
        for (var input = 0; input < _shape.InputChannels; input++, weights += size * rowLength)
        {
            for (var column = 0; column < size; column++, target += 2 * _panelColumns)
            {
                for (var lane = 0; lane < _panelColumns; lane += Vector512<float>.Count)
                {
                    Vector512<float> re = default,
                        im = default;
                    var weight = weights + (column * _panelColumns) + lane;
                    foreach (var root in roots)
                    {
                        var w = Vector512.Load(weight);
                        re = Vector512.FusedMultiplyAdd(w, Vector512.Create(root.Cosine), re);
                        im = Vector512.FusedMultiplyAdd(w, Vector512.Create(root.Sine), im);
                        weight += rowLength;
                    }

                    re.Store(target + lane);
                    im.Store(target + _panelColumns + lane);
                }
            }
        }
    }

    /// <summary>
    /// Transforms the result of <see cref="TransformColumns"/> along the rows, and divides by the number of positions, so that the inverse transform need not.
    /// </summary>
    /// <param name="transformedColumns">The result of <see cref="TransformColumns"/>.</param>
    /// <param name="frequency">Frequency along the rows.</param>
    /// <param name="target">Receives the spectrum (input channels × panel columns).</param>
    public void TransformRows(float* transformedColumns, int frequency, ComplexPanel target)
    {
        Span<Root> roots = stackalloc Root[_shape.Size];
        FillRoots((long)_dilation * frequency, _width, 1.0 / (_height * _width), roots);
        var stride = 2 * _panelColumns;
        for (var input = 0; input < _shape.InputChannels; input++, transformedColumns += (nint)roots.Length * stride)
        {
            for (var lane = 0; lane < _panelColumns; lane += Vector512<float>.Count)
            {
                Vector512<float> re = default,
                    im = default;
                var element = transformedColumns + lane;
                foreach (var root in roots)
                {
                    var (cosine, sine) = (Vector512.Create(root.Cosine), Vector512.Create(root.Sine));
                    var (elementRe, elementIm) = (Vector512.Load(element), Vector512.Load(element + _panelColumns));
                    re = Vector512.FusedMultiplyAdd(elementIm, -sine, Vector512.FusedMultiplyAdd(elementRe, cosine, re));
                    im = Vector512.FusedMultiplyAdd(elementIm, cosine, Vector512.FusedMultiplyAdd(elementRe, sine, im));
                    element += stride;
                }

                target.Store(re, im, (input * _panelColumns) + lane);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _panels.Dispose();

    private float* Panel(int panel) => _panels.Pointer + ((nint)panel * _shape.FanIn * _panelColumns);

    /// <summary>Computes roots of unity: shifting an image by an offset multiplies its transform by a root of unity.</summary>
    private static void FillRoots(long frequency, int extent, double scale, Span<Root> roots)
    {
        var centre = (roots.Length - 1) / 2;
        for (var offset = 0; offset < roots.Length; offset++)
        {
            // Whole turns are subtracted in integers, which are exact.
            var (sine, cosine) = Math.SinCos(2 * Math.PI * (frequency * (offset - centre) % extent) / extent);
            roots[offset] = new Root((float)(scale * cosine), (float)(scale * sine));
        }
    }

    /// <summary>A root of unity, times a factor.</summary>
    private readonly record struct Root(float Cosine, float Sine);
}
