using System.Collections.Immutable;
using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A step of an architecture: the description that a layer is built from.</summary>
internal abstract record Step
{
    /// <summary>The operation that the step performs.</summary>
    public abstract UnitPlaceKind Kind { get; }

    /// <summary>Number of convolutions in the step.</summary>
    public virtual int Convolutions => 0;

    /// <summary>Number of places inside the step and after it.</summary>
    public virtual int Places => 1;

    /// <summary>Builds the layer.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="builder">Provides the network's shape and shared objects.</param>
    /// <returns>A layer that owns its scratch memory.</returns>
    internal abstract ILayer<T> Build<T>(NetworkBuilder<T> builder)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A convolution that keeps the number of channels, with weights of variance 2/fan-in.</summary>
internal sealed record ConvolutionStep : Step
{
    /// <inheritdoc/>
    public override UnitPlaceKind Kind => UnitPlaceKind.Convolution;

    /// <inheritdoc/>
    public override int Convolutions => 1;

    /// <inheritdoc/>
    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new Convolution<T>(builder.Shape, builder.InnerKernel, 1, builder.Boundary, builder.Product);
    }
}

/// <summary>Batch normalisation.</summary>
internal sealed record BatchNormStep : Step
{
    /// <inheritdoc/>
    public override UnitPlaceKind Kind => UnitPlaceKind.BatchNorm;

    /// <inheritdoc/>
    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new BatchNorm<T>(builder.Shape, builder.Epsilon, builder.Threads);
    }
}

/// <summary>The activation.</summary>
internal sealed record ReluStep : Step
{
    /// <inheritdoc/>
    public override UnitPlaceKind Kind => UnitPlaceKind.Relu;

    /// <inheritdoc/>
    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new Relu<T>(builder.Threads);
    }
}

/// <summary>A residual unit: the branch, H times, and the skip connection around it.</summary>
/// <param name="Branch">Steps of the branch.</param>
/// <param name="Repetitions">Residual depth H.</param>
internal sealed record ResidualStep(ImmutableArray<Step> Branch, int Repetitions) : Step
{
    /// <inheritdoc/>
    public override UnitPlaceKind Kind => UnitPlaceKind.Addition;

    /// <inheritdoc/>
    public override int Convolutions => Repetitions * Branch.Sum(step => step.Convolutions);

    /// <inheritdoc/>
    public override int Places => 1 + Branch.Sum(step => step.Places);

    /// <summary>Whether both repeat the same steps equally often.</summary>
    /// <param name="other">The other step.</param>
    public bool Equals(ResidualStep? other) => other is not null && Repetitions == other.Repetitions && Branch.AsSpan().SequenceEqual(other.Branch.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Branch.Length, Repetitions);

    /// <inheritdoc/>
    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder) => new ResidualUnit<T>(Branch, Repetitions, builder);
}
