namespace Wellbehaved.Networks;

/// <summary>The values of the sizes that a template leaves open; it also records which of them occurred.</summary>
/// <param name="channels">The value of <c>"N"</c>; null while only the form is read.</param>
/// <param name="depth">The value of <c>"L"</c>; null while only the form is read.</param>
internal sealed class OpenSizes(int? channels, int? depth)
{
    /// <summary>Whether <c>"N"</c> occurred.</summary>
    public bool ChannelsAsked { get; private set; }

    /// <summary>Whether <c>"L"</c> occurred.</summary>
    public bool DepthAsked { get; private set; }

    /// <summary>The value of <c>"N"</c>; 1 while only the form is read.</summary>
    public int Channels()
    {
        ChannelsAsked = true;
        return channels ?? 1;
    }

    /// <summary>The value of <c>"L"</c>; 1 while only the form is read.</summary>
    public int Depth()
    {
        DepthAsked = true;
        return depth ?? 1;
    }
}
