using FsCheck.Xunit;

namespace Wellbehaved.Tests.Properties;

/// <summary>A property over generated cases, with the same cases at every run unless the environment says otherwise.</summary>
/// <remarks>
/// <c>WELLBEHAVED_SEED</c> set to two numbers with a comma between them (the second odd) draws other cases; a failure prints the pair that replays it.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LawAttribute : PropertyAttribute
{
    private const string FixedCases = "20190611,11038087";

    public LawAttribute()
    {
        Replay = Environment.GetEnvironmentVariable("WELLBEHAVED_SEED") ?? FixedCases;
        Arbitrary = [typeof(Cases), typeof(Kernels), typeof(ArbitraryNetworks)];
        QuietOnSuccess = true;
    }
}
