using System.Numerics;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A step whose arithmetic is written out in doubles, so that a mutant says in a line what it does wrong.</summary>
/// <param name="Kind">What it passes for.</param>
/// <param name="Rewrite">Takes shape, signal and noise, and where the next weights come from.</param>
/// <param name="Kernels">Convolutions that it performs.</param>
internal sealed record RewrittenStep(UnitPlaceKind Kind, Func<RewrittenStep.Tensors, (double[] Signal, double[] Noise)> Rewrite, int Kernels = 0) : Step
{
    /// <summary>What a step sees.</summary>
    public sealed record Tensors(
        TensorShape Shape,
        double[] Signal,
        double[] Noise,
        Boundary Boundary,
        KernelShape KernelShape,
        double Epsilon,
        Func<double[]> NextKernel
    );

    public override UnitPlaceKind Kind { get; } = Kind;

    public override int Convolutions => Kernels;

    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder) => new Layer<T>(this, builder);

    private sealed class Layer<T>(RewrittenStep step, NetworkBuilder<T> builder) : ILayer<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Propagate(PropagationState<T> state)
        {
            var values = state.Current;
            var (signal, noise) = step.Rewrite(
                new Tensors(
                    values.Shape,
                    values.TrueSignal(),
                    values.TrueNoise(),
                    builder.Boundary,
                    builder.InnerKernel,
                    builder.Epsilon,
                    () =>
                    {
                        var kernel = new T[builder.InnerKernel.Length];
                        state.FillNextKernel(builder.InnerKernel, kernel);
                        return [.. kernel.Select(double.CreateTruncating)];
                    }
                )
            );
            Store(signal, values.Signal);
            Store(noise, values.Noise);
            (values.SignalExponent, values.NoiseExponent) = (0, 0);
        }

        public void Dispose() { }

        private static void Store(double[] source, Span<T> target)
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = T.CreateTruncating(source[i]);
            }
        }
    }
}

/// <summary>A residual unit that puts skip connection and branch together in its own way.</summary>
/// <param name="Branch">Steps of the branch.</param>
/// <param name="Repetitions">Residual depth.</param>
/// <param name="Join">Takes skip and branch of a signal or noise, and whether it is the noise.</param>
internal sealed record RewrittenResidualStep(IReadOnlyList<Step> Branch, int Repetitions, Func<double, double, bool, double> Join) : Step
{
    public override UnitPlaceKind Kind => UnitPlaceKind.Addition;

    public override int Convolutions => Repetitions * Branch.Sum(step => step.Convolutions);

    public override int Places => 1 + Branch.Sum(step => step.Places);

    internal override ILayer<T> Build<T>(NetworkBuilder<T> builder) => new Layer<T>(this, builder);

    private sealed class Layer<T>(RewrittenResidualStep step, NetworkBuilder<T> builder) : ILayer<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Sequence<T> _branch = new(step.Branch, builder);
        private readonly SignalAndNoise<T> _skip = new(builder.Shape);

        public void Propagate(PropagationState<T> state)
        {
            _skip.CopyFrom(state.Current);
            for (var repetition = 0; repetition < step.Repetitions; repetition++)
            {
                _branch.Propagate(state, observe: repetition == 0);
            }

            Combine(_skip.Signal, _skip.SignalExponent, state.Current.Signal, state.Current.SignalExponent, false);
            Combine(_skip.Noise, _skip.NoiseExponent, state.Current.Noise, state.Current.NoiseExponent, true);
            (state.Current.SignalExponent, state.Current.NoiseExponent) = (0, 0);
        }

        public void Dispose()
        {
            _branch.Dispose();
            _skip.Dispose();
        }

        private void Combine(Span<T> skip, int skipExponent, Span<T> branch, int branchExponent, bool noise)
        {
            for (var i = 0; i < branch.Length; i++)
            {
                branch[i] = T.CreateTruncating(
                    step.Join(
                        Math.ScaleB(double.CreateTruncating(skip[i]), skipExponent),
                        Math.ScaleB(double.CreateTruncating(branch[i]), branchExponent),
                        noise
                    )
                );
            }
        }
    }
}
