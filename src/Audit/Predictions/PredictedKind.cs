using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>Looks up what the theory knows of the architecture that is to be predicted.</summary>
internal static class PredictedKind
{
    /// <summary>Looks up an architecture.</summary>
    /// <exception cref="InvalidInputException">The theory has no laws for an architecture of this name.</exception>
    public static NetworkKind Find(ExperimentOptions options) =>
        options.Noise != NoiseKind.Mapping
            ? throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Noise)),
                "expected mapping, since the theory of the architectures is about this noise, got full"
            )
        : options.Architecture is { } name && NetworkKind.Names.Contains(name) ? NetworkKind.Named(name, options.ResDepth)
        : throw new InvalidInputException(
            ParameterName.Spell(nameof(ExperimentOptions.Architecture)),
            $"expected one that theory knows, {string.Join(", ", NetworkKind.Names)}, got '{options.Name}'"
        );
}
