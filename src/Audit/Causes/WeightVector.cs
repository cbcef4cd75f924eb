namespace Wellbehaved.Audit;

/// <summary>The weights of one layer of one simulation.</summary>
/// <param name="Seed">The seed that was asked for.</param>
/// <param name="Simulation">Number of the simulation.</param>
/// <param name="Index">Number of the layer in the network, in the order of propagation.</param>
/// <param name="Weights">The weights.</param>
internal sealed record WeightVector(ulong Seed, uint Simulation, int Index, double[] Weights);
