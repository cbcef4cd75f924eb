using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The Fourier transform of the weights of a convolution, formed for a few frequencies and output channels when they are needed.</summary>
/// <remarks>
/// Stored whole it would take the image's area over k² times the memory of the weights. The weights lie in panels of output channels, in which those of an
/// input channel stand together for all k² kernel offsets: forming a panel reads them once, in order, for two frequencies.
/// </remarks>
internal sealed unsafe class KernelSpectrum : IDisposable
{
    private readonly KernelShape _shape;
    private readonly int _height;
    private readonly int _width;
    private readonly int _panelColumns;
    private readonly AlignedBuffer<float> _panels;

    /// <summary>Allocates the panels.</summary>
    /// <param name="shape">Arrangement of the weights.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="panelColumns">Output channels in a panel, a multiple of 16.</param>
    public KernelSpectrum(KernelShape shape, int height, int width, int panelColumns)
    {
        (_shape, _height, _width, _panelColumns) = (shape, height, width, panelColumns);
        Panels = (shape.OutputChannels + _panelColumns - 1) / _panelColumns;
        _panels = new AlignedBuffer<float>(checked(Panels * shape.FanIn * _panelColumns));
    }

    /// <summary>Number of panels of output channels.</summary>
    public int Panels { get; }

    /// <summary>Puts the weights of one panel in order.</summary>
    /// <param name="kernel">The weights, as <see cref="KernelShape"/> orders them.</param>
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

    /// <summary>Forms a panel of the spectrum, divided by the number of positions so that the inverse transform need not be.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="group">One or two frequencies.</param>
    /// <param name="targets">For each frequency where to put its real parts, imaginary parts and their sums, each (input channels × tile columns).</param>
    public void Form(int panel, FrequencyGroup group, ReadOnlySpan<ComplexPanel> targets)
    {
        Span<Root> first = stackalloc Root[_shape.Size * _shape.Size];
        FillRoots(group.First, first);
        if (group.Mirrored is { } mirrored)
        {
            Span<Root> second = stackalloc Root[first.Length];
            FillRoots(mirrored, second);
            FormTwo(panel, first, second, targets[0], targets[1]);
        }
        else
        {
            FormOne(panel, first, targets[0]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _panels.Dispose();

    private float* Panel(int panel) => _panels.Pointer + ((nint)panel * _shape.FanIn * _panelColumns);

    /// <summary>Shifting an image by an offset multiplies its transform by a root of unity.</summary>
    private void FillRoots(Frequency frequency, Span<Root> roots)
    {
        var centre = (_shape.Size - 1) / 2;
        var scale = 1.0 / (_height * _width);
        for (var row = 0; row < _shape.Size; row++)
        {
            for (var column = 0; column < _shape.Size; column++)
            {
                // Whole turns are removed in integers, where nothing is lost.
                var rowPart = (double)((long)frequency.Row * (row - centre) % _height) / _height;
                var columnPart = (double)((long)frequency.Column * (column - centre) % _width) / _width;
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (rowPart + columnPart));
                roots[(row * _shape.Size) + column] = new Root((float)(scale * cosine), (float)(scale * sine));
            }
        }
    }

    private void FormOne(int panel, ReadOnlySpan<Root> roots, ComplexPanel target)
    {
        var weights = Panel(panel);
        for (var input = 0; input < _shape.InputChannels; input++, weights += (nint)roots.Length * _panelColumns)
        {
            for (var lane = 0; lane < _panelColumns; lane += Vector512<float>.Count)
            {
                Vector512<float> re = default, im = default;
                var weight = weights + lane;
                foreach (var root in roots)
                {
                    var w = Vector512.Load(weight);
                    re = Vector512.FusedMultiplyAdd(w, Vector512.Create(root.Cosine), re);
                    im = Vector512.FusedMultiplyAdd(w, Vector512.Create(root.Sine), im);
                    weight += _panelColumns;
                }

                target.Store(re, im, (input * _panelColumns) + lane);
            }
        }
    }

    private void FormTwo(int panel, ReadOnlySpan<Root> roots1, ReadOnlySpan<Root> roots2, ComplexPanel target1, ComplexPanel target2)
    {
        var weights = Panel(panel);
        for (var input = 0; input < _shape.InputChannels; input++, weights += (nint)roots1.Length * _panelColumns)
        {
            for (var lane = 0; lane < _panelColumns; lane += Vector512<float>.Count)
            {
                Vector512<float> re1 = default, im1 = default, re2 = default, im2 = default;
                var weight = weights + lane;
                for (var i = 0; i < roots1.Length; i++)
                {
                    var w = Vector512.Load(weight);
                    re1 = Vector512.FusedMultiplyAdd(w, Vector512.Create(roots1[i].Cosine), re1);
                    im1 = Vector512.FusedMultiplyAdd(w, Vector512.Create(roots1[i].Sine), im1);
                    re2 = Vector512.FusedMultiplyAdd(w, Vector512.Create(roots2[i].Cosine), re2);
                    im2 = Vector512.FusedMultiplyAdd(w, Vector512.Create(roots2[i].Sine), im2);
                    weight += _panelColumns;
                }

                target1.Store(re1, im1, (input * _panelColumns) + lane);
                target2.Store(re2, im2, (input * _panelColumns) + lane);
            }
        }
    }

    /// <summary>A root of unity over the number of positions.</summary>
    private readonly record struct Root(float Cosine, float Sine);
}
