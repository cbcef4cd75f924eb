namespace Wellbehaved.Networks;

/// <summary>The path of a layer in the JSON form, by which messages name it.</summary>
internal static class LayerPath
{
    /// <summary>The path of the layers of a network.</summary>
    public const string Root = "layers";

    /// <summary>The path of a layer in a list. A layer that holds others is followed by its word, since their lists are below that word.</summary>
    public static string Write(string list, int index, Layer layer) => layer is Repeat or Residual ? $"{list}[{index}].{layer.Word}" : $"{list}[{index}]";

    /// <summary>The path of a list within a layer.</summary>
    public static string Within(string layer, string list) => $"{layer}.{list}";
}
