using System.Collections.Immutable;

namespace Wellbehaved.Model;

/// <summary>An architecture: the steps of one layer or residual unit, which the network repeats with fresh weights.</summary>
public sealed record Architecture
{
    private static readonly ConvolutionStep Convolution = new();
    private static readonly BatchNormStep BatchNorm = new();
    private static readonly ReluStep Relu = new();

    /// <summary>Names of the four architectures of the post.</summary>
    public static ImmutableArray<string> Names { get; } = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];

    /// <summary>An architecture of these steps.</summary>
    /// <param name="name">Name on the command line and in files.</param>
    /// <param name="unit">Steps of one layer or residual unit.</param>
    /// <param name="residualDepth">Feedforward layers in a residual branch, H; 1 where there is none.</param>
    internal Architecture(string name, ImmutableArray<Step> unit, int residualDepth = 1) => (Name, Unit, ResidualDepth) = (name, unit, residualDepth);

    /// <summary>Name on the command line and in files.</summary>
    public string Name { get; internal init; }

    /// <summary>Steps of one layer or residual unit.</summary>
    internal ImmutableArray<Step> Unit
    {
        get;
        init
        {
            var places = ImmutableArray.CreateBuilder<UnitPlace>();
            places.Add(new UnitPlace(1, UnitPlaceKind.Before));
            AddPlaces(value, places);
            (field, Places) = (value, places.ToImmutable());
        }
    }

    /// <summary>Feedforward layers in a residual branch, H; 1 where there is none.</summary>
    public int ResidualDepth { get; internal init; }

    /// <summary>Whether a unit adds a skip connection.</summary>
    public bool IsResidual => Unit.Any(step => step is ResidualStep);

    /// <summary>Whether there is a batch norm.</summary>
    public bool HasBatchNorm => Contains(Unit, UnitPlaceKind.BatchNorm);

    /// <summary>Number of convolutions in one layer or residual unit.</summary>
    public int ConvolutionsPerUnit => Unit.Sum(step => step.Convolutions);

    /// <summary>The places of one layer or residual unit, in order; the first is before it.</summary>
    public ImmutableArray<UnitPlace> Places { get; private init; }

    /// <summary>One of the four architectures of the post.</summary>
    /// <param name="name"><c>vanilla</c>: Conv, ReLU. <c>vanilla_res</c>: [ReLU, Conv] × H, add. <c>bn_ff</c>: Conv, BN, ReLU. <c>bn_res</c>: [BN, ReLU, Conv]
    /// × H, add.</param>
    /// <param name="residualDepth">H, for the residual architectures.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentException">The name is unknown, or H is not positive.</exception>
    public static Architecture Named(string name, int residualDepth = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        return name switch
        {
            "vanilla" => new(name, [Convolution, Relu]),
            "vanilla_res" => new(name, [new ResidualStep([Relu, Convolution], residualDepth)], residualDepth),
            "bn_ff" => new(name, [Convolution, BatchNorm, Relu]),
            "bn_res" => new(name, [new ResidualStep([BatchNorm, Relu, Convolution], residualDepth)], residualDepth),
            _ => throw new ArgumentException($"expected one of {string.Join(", ", Names)}, got '{name}'", nameof(name)),
        };
    }

    /// <summary>The same architecture with another number of layers in its residual branches.</summary>
    /// <param name="residualDepth">H; feedforward architectures have no branch and stay as they are.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">H is not positive.</exception>
    internal Architecture WithResidualDepth(int residualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        return !IsResidual || residualDepth == ResidualDepth
            ? this
            : this with
            {
                Unit = [.. Unit.Select(step => step is ResidualStep residual ? residual with { Repetitions = residualDepth } : step)],
                ResidualDepth = residualDepth,
            };
    }

    /// <summary>Whether both have the same name and steps.</summary>
    /// <param name="other">The other architecture.</param>
    public bool Equals(Architecture? other) =>
        other is not null && Name == other.Name && ResidualDepth == other.ResidualDepth && Unit.AsSpan().SequenceEqual(other.Unit.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, ResidualDepth, Unit.Length);

    private static bool Contains(ImmutableArray<Step> steps, UnitPlaceKind kind) =>
        steps.Any(step => step.Kind == kind || (step is ResidualStep residual && Contains(residual.Branch, kind)));

    private static void AddPlaces(ImmutableArray<Step> steps, ImmutableArray<UnitPlace>.Builder places)
    {
        foreach (var step in steps)
        {
            if (step is ResidualStep residual)
            {
                AddPlaces(residual.Branch, places);
            }

            places.Add(new UnitPlace(places.Count + 1, step.Kind));
        }
    }
}
