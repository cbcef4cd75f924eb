using System.Reflection;
using System.Runtime.CompilerServices;
using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>What the description of networks must stay: data, which its three interpreters share, and nothing that computes.</summary>
public class NetworksAssemblyTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Types =
    [
        .. typeof(Network)
            .Assembly.GetTypes()
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && type.Namespace == "Wellbehaved.Networks"),
    ];

    [Fact]
    public void The_Networks_library_references_only_the_runtime() =>
        typeof(Network)
            .Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name)
            .Should()
            .OnlyContain(name => name!.StartsWith("System.", StringComparison.Ordinal))
            .And.NotContain(name => name!.StartsWith("System.Numerics", StringComparison.Ordinal));

    [Fact]
    public void The_Networks_library_contains_no_tensors()
    {
        var seen = Types
            .SelectMany(type =>
                type.GetFields(Declared)
                    .Select(field => (Member: $"{type.Name}.{field.Name}", Type: field.FieldType))
                    .Concat(
                        type.GetMethods(Declared)
                            .Cast<MethodBase>()
                            .Concat(type.GetConstructors(Declared))
                            .SelectMany(method =>
                                method.GetParameters().Select(parameter => (Member: $"{type.Name}.{method.Name}", Type: parameter.ParameterType))
                            )
                    )
                    .Concat(type.GetMethods(Declared).Select(method => (Member: $"{type.Name}.{method.Name}", Type: method.ReturnType)))
            )
            .ToArray();

        seen.Should().HaveCountGreaterThan(500);
        seen.Should().NotContain(member => IsTensor(member.Type));
    }

    [Fact]
    public void Every_record_of_the_Networks_library_contains_only_values()
    {
        var records = Types
            .Where(type =>
                type.IsSubclassOf(typeof(Layer))
                || (type.IsValueType && !type.IsEnum && typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type))
                || type.GetMethod("<Clone>$") is not null
            )
            .ToArray();

        records.Should().Contain([typeof(Convolution), typeof(Shape), typeof(Place), typeof(ParameterTensor), typeof(RecipeSizes), typeof(ResidualScale)]);
        foreach (var record in records)
        {
            typeof(IEquatable<>).MakeGenericType(record).IsAssignableFrom(record).Should().BeTrue(record.Name);
            foreach (var field in record.GetFields(Declared).Where(field => !field.IsStatic))
            {
                IsValue(field.FieldType).Should().BeTrue($"{record.Name}.{field.Name} decides on equality");
            }
        }
    }

    /// <summary>Walks through layers name the two that hold others and treat all the rest as single layers.</summary>
    [Fact]
    public void Only_residuals_and_repeats_hold_layers() =>
        Types
            .Where(type => type.IsSubclassOf(typeof(Layer)) && type.GetFields(Declared).Any(field => IsOrHolds(field.FieldType)))
            .Should()
            .BeEquivalentTo([typeof(Residual), typeof(Repeat)]);

    [Fact]
    public void Every_layer_is_sealed_and_immutable()
    {
        foreach (var layer in Types.Where(type => type.IsSubclassOf(typeof(Layer))).AtLeastOne())
        {
            (layer.IsSealed || layer.IsAbstract).Should().BeTrue(layer.Name);
            layer
                .GetProperties()
                .Where(property => property.CanWrite)
                .Should()
                .NotContain(
                    property => Array.IndexOf(property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers(), typeof(IsExternalInit)) < 0,
                    layer.Name
                );
        }
    }

    private static bool IsOrHolds(Type type) =>
        typeof(IEnumerable<Layer>).IsAssignableFrom(type) || typeof(Layer).IsAssignableFrom(type) || type.GetGenericArguments().Any(IsOrHolds);

    private static bool IsTensor(Type type)
    {
        var element =
            type.IsArray || type.IsByRef || type.IsPointer ? type.GetElementType()!
            : type.IsGenericType ? type.GetGenericArguments()[0]
            : null;
        return element == typeof(float) || (element == typeof(double) && !type.IsByRef && Nullable.GetUnderlyingType(type) is null);
    }

    private static bool IsValue(Type type) =>
        type == typeof(string)
        || type == typeof(Layers)
        || type.IsPrimitive
        || type.IsEnum
        || typeof(Layer).IsAssignableFrom(type)
        || (Nullable.GetUnderlyingType(type) is { } inner && IsValue(inner))
        || (type.Namespace == "Wellbehaved.Networks" && type.IsValueType);
}
