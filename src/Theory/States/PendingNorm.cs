using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>A batch norm that an activation may follow: its outputs are not Gaussian, but their law is known.</summary>
/// <param name="Norm">The norm.</param>
/// <param name="Kernel">The kernel before it, decomposed.</param>
/// <param name="Before">The state before it.</param>
internal sealed record PendingNorm(BatchNorm Norm, BatchNormKernel Kernel, KernelState Before);
