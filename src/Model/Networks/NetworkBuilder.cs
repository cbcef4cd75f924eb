using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The objects that the layers of a network share while they are built.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class NetworkBuilder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private int _places = 1;

    internal NetworkBuilder(NetworkSettings settings, TensorShape shape, MatrixProduct<T> product, int threads)
    {
        Shape = shape;
        Boundary = settings.Boundary;
        Epsilon = settings.Epsilon;
        Product = product;
        Threads = threads;
        InnerKernel = new KernelShape(settings.KernelSize, settings.Channels, settings.Channels, VarianceTimesFanIn: 2);
    }

    /// <summary>Shape of signal and noise inside the network.</summary>
    public TensorShape Shape { get; }

    /// <summary>What a convolution reads beyond the border of the image.</summary>
    public Boundary Boundary { get; }

    /// <summary>Arrangement of the weights of all convolutions except the first one.</summary>
    public KernelShape InnerKernel { get; }

    /// <summary>ε of batch norm.</summary>
    public double Epsilon { get; }

    /// <summary>Greatest number of threads within a layer.</summary>
    public int Threads { get; }

    /// <summary>Computes matrix products with scratch memory that all layers share.</summary>
    public MatrixProduct<T> Product { get; }

    /// <summary>Creates the next place, with the next number.</summary>
    internal UnitPlace NextPlace(UnitPlaceKind kind) => new(++_places, kind);
}
