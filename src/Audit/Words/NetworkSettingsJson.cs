using System.Text.Json.Nodes;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The sizes and options of an architecture as JSON, in requests to subjects and in conformance vectors alike.</summary>
internal static class NetworkSettingsJson
{
    /// <summary>Writes sizes and options, in the order of docs/audit-protocol-1.md.</summary>
    /// <param name="network">The architecture with its sizes.</param>
    public static JsonObject Write(NetworkSettings network) =>
        new()
        {
            ["architecture"] = network.Architecture.Name,
            ["res_depth"] = network.Architecture.ResidualDepth,
            ["total_depth"] = network.Depth,
            ["num_channels"] = network.Channels,
            ["kernel_size"] = network.KernelSize,
            ["first_stride"] = network.FirstStride,
            ["boundary"] = EnumWords.Spell(network.Boundary),
            ["epsilon"] = network.Epsilon,
        };
}
