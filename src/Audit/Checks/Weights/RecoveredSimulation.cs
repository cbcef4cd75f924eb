namespace Wellbehaved.Audit;

/// <summary>The recovered weights of one simulation.</summary>
/// <param name="Seed">The seed that was asked for.</param>
/// <param name="Simulation">Number of the simulation.</param>
/// <param name="Convolutions">Its convolutions, in the order of propagation.</param>
internal sealed record RecoveredSimulation(ulong Seed, uint Simulation, IReadOnlyList<RecoveredConvolution> Convolutions);
