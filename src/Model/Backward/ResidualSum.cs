using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The end of a residual layer, <c>y = γ·skip + α·branch</c>, where α is multiplied by the survival that the mapping drew.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="shape">Shape of the sum.</param>
/// <param name="skipScale">γ.</param>
/// <param name="branchScale">α.</param>
/// <param name="survival">The survival that is drawn; null where the branch always survives.</param>
internal sealed unsafe class ResidualSum<T>(TensorShape shape, double skipScale, double branchScale, ParameterTensor? survival)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ScaledFactor<T> _skip = new(skipScale);
    private ScaledFactor<T> _branch = new(branchScale);

    /// <summary>Computes the sum.</summary>
    public void Forward(ScaledTensor<T> skip, ScaledTensor<T> branch, ScaledTensor<T> target, PassContext<T> context)
    {
        if (survival is { } drawn)
        {
            // Training draws 0 or 1; evaluation may use the probability instead.
            _branch = new ScaledFactor<T>(branchScale * double.CreateTruncating(*context.Parameters(drawn)));
        }

        ScaledSums.Add(target, (branch, _branch), (skip, _skip), shape, context.Threads);
    }

    /// <summary>Passes the gradient to the skip connection.</summary>
    public void BackwardToSkip(ScaledTensor<T> gradient, ScaledTensor<T> target, PassContext<T> context) =>
        ScaledSums.Multiply(target, gradient, _skip, shape, context.Threads);

    /// <summary>Passes the gradient to the branch.</summary>
    public void BackwardToBranch(ScaledTensor<T> gradient, ScaledTensor<T> target, PassContext<T> context) =>
        ScaledSums.Multiply(target, gradient, _branch, shape, context.Threads);
}
