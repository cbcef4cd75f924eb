using System.Reflection;
using System.Reflection.Emit;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An oracle that shares code with what it judges is no oracle: the definition reads descriptions, and works out everything else itself.</summary>
public class DefinitionTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Answers that the description has, and the definition must find on its own.</summary>
    private static readonly string[] Answers =
    [
        "get_Places",
        "get_Output",
        "get_Depth",
        "get_Positions",
        "get_Features",
        nameof(Layer.OutputOf),
        nameof(Networks.Convolution.FanInOf),
        nameof(Networks.Convolution.GroupsOf),
        nameof(ResidualScale.ValueAt),
    ];

    private static readonly OpCode[] Codes =
    [
        .. typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!),
    ];

    /// <summary>The definition of the four architectures, which reads their descriptions: those of protocol 1.</summary>
    private static readonly Type[] OfArchitectures = [typeof(WrittenOutNetwork), typeof(WrittenOutLayers)];

    /// <summary>What describes an architecture in the model; none of these types computes.</summary>
    private static readonly Type[] Descriptions = [typeof(NetworkSettings), typeof(Architecture), typeof(TensorShape), typeof(UnitPlace)];

    /// <summary>The types of the definition of a network of layers.</summary>
    private static IEnumerable<Type> Definition => AllOfTheDefinition.Where(type => !OfArchitectures.Contains(Outermost(type)));

    private static IEnumerable<Type> AllOfTheDefinition =>
        typeof(WrittenOutMapping).Assembly.GetTypes().Where(type => Outermost(type).Name.StartsWith("WrittenOut", StringComparison.Ordinal));

    [Fact]
    public void The_definition_calls_only_itself_the_runtime_and_properties_of_descriptions()
    {
        Calls.Should().Contain(member => member.DeclaringType == typeof(WrittenOutConvolution)).And.Contain(member => member.Name == "get_Kernel");
        Calls.Where(member => !IsAllowed(member)).Select(member => $"{member.DeclaringType}.{member.Name}").Distinct().Should().BeEmpty();
    }

    [Fact]
    public void The_definition_of_the_architectures_calls_only_itself_the_runtime_and_properties_of_their_descriptions()
    {
        var calls = CallsIn(AllOfTheDefinition.Where(type => OfArchitectures.Contains(Outermost(type)))).ToArray();

        calls.Should().Contain(member => member.DeclaringType == typeof(Architecture));
        calls
            .Where(member => !OfArchitectures.Contains(Outermost(member.DeclaringType!)) && !IsAllowed(member) && !IsOfDescription(member))
            .Select(member => $"{member.DeclaringType}.{member.Name}")
            .Distinct()
            .Should()
            .BeEmpty();

        static bool IsOfDescription(MemberInfo member) =>
            (
                (Descriptions.Contains(member.DeclaringType!) || member.DeclaringType!.IsAssignableTo(typeof(Step)))
                && (member.Name.StartsWith("get_", StringComparison.Ordinal) || member is ConstructorInfo)
            )
            || (member.DeclaringType == typeof(Batch) && member.Name.StartsWith("get_", StringComparison.Ordinal))
            // A sum of products, from the project that knows nothing of networks.
            || (member.DeclaringType!.FullName == "Wellbehaved.Numerics.VectorMath" && member.Name == "Dot");
    }

    [Fact]
    public void Every_layer_of_the_description_is_written_out_in_a_file_of_its_own()
    {
        foreach (
            var layer in typeof(Layer)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract && type != typeof(Repeat))
                .AtLeastOne()
        )
        {
            Definition.Select(type => type.Name).Should().Contain($"WrittenOut{layer.Name}");
            File.Exists(Path.Combine(Repository.Root, "src", "Audit", "Definition", $"WrittenOut{layer.Name}.cs")).Should().BeTrue(layer.Name);
        }
    }

    private static IEnumerable<MemberInfo> Calls => CallsIn(Definition);

    private static IEnumerable<MemberInfo> CallsIn(IEnumerable<Type> types) =>
        types.SelectMany(type => type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything))).SelectMany(CallsOf);

    private static bool IsAllowed(MemberInfo member)
    {
        var type = member.DeclaringType!;
        if (type.Assembly == typeof(Layer).Assembly)
        {
            // Getters of what a description says, walking through its lists and making one; the exception for what is not written out.
            return !Answers.Contains(member.Name)
                && (
                    member.Name.StartsWith("get_", StringComparison.Ordinal)
                    || type == typeof(UnknownLayerException)
                    || member.Name is nameof(Networks.Layers.GetEnumerator) or nameof(Networks.Layers.Create)
                );
        }

        return Definition.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type)
            || Outermost(type).Name.StartsWith('<')
            || type.Namespace?.StartsWith("Coverlet.", StringComparison.Ordinal) == true // what counts lines where coverage is measured
            || (
                !type.Assembly.GetName().Name!.StartsWith("Wellbehaved", StringComparison.Ordinal)
                && !type.Assembly.GetName().Name!.StartsWith("MathNet", StringComparison.Ordinal)
            );
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>Methods and constructors that a method calls or takes the address of.</summary>
    private static IEnumerable<MemberInfo> CallsOf(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        Type[] ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (var at = 0; at < code.Length; )
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = Codes.Single(candidate => candidate.Value == value);
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
