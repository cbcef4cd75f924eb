using System.Collections.Frozen;

namespace Wellbehaved.Onnx;

/// <summary>Computes the tangents of a node's outputs from those of its inputs.</summary>
internal delegate void Rule(RuleContext context);

/// <summary>The rule of each operator.</summary>
internal static class Rules
{
    /// <summary>All rules, by the name of the operator.</summary>
    public static FrozenDictionary<string, Rule> All { get; } =
        new[]
        {
            LinearRules.All,
            ArithmeticRules.All,
            ActivationRules.All,
            FunctionRules.All,
            ProductRules.All,
            ShapeRules.All,
            PoolRules.All,
            ReductionRules.All,
            SoftmaxRules.All,
            NormRules.All,
        }
            .SelectMany(family => family)
            .ToFrozenDictionary();
}
