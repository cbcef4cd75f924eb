using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>The sums that make up a cosine, over vectors that are put together from parts.</summary>
internal sealed class CosineSums
{
    private double _product;
    private (double A, double B) _squares;
    private (double A, double B) _errors;
    private long _dimensions;

    /// <summary>The cosine.</summary>
    public Cosine Cosine => Cosine.FromSums(_product, _squares, _errors, _dimensions);

    /// <summary>Adds the sums of one part.</summary>
    /// <param name="product">Scalar product.</param>
    /// <param name="squares">Squared norms.</param>
    /// <param name="errors">Bounds of squared norms of errors.</param>
    /// <param name="dimensions">Number of components of either vector.</param>
    public void Add(double product, (double A, double B) squares, (double A, double B) errors, long dimensions)
    {
        _product += product;
        _squares = (_squares.A + squares.A, _squares.B + squares.B);
        _errors = (_errors.A + errors.A, _errors.B + errors.B);
        _dimensions += dimensions;
    }

    /// <summary>Adds two convolutions, with the numbers of the second in an order of its own.</summary>
    /// <param name="one">The first convolution.</param>
    /// <param name="other">The second convolution, of the same shape.</param>
    /// <param name="ordered">The weights of the second convolution, in that order.</param>
    /// <returns>The cosine of these two alone.</returns>
    public Cosine Add(RecoveredConvolution one, RecoveredConvolution other, double[] ordered)
    {
        var (product, squares, errors) = (VectorMath.Dot(one.Weights, ordered), (one.SquaredNorm, other.SquaredNorm), (one.SquaredError, other.SquaredError));
        Add(product, squares, errors, one.Shape.Length);
        return Cosine.FromSums(product, squares, errors, one.Shape.Length);
    }
}
