using Wellbehaved.Xunit;

namespace Wellbehaved.Examples;

/// <summary>That is all: each claim is a test of <see cref="RandomNetwork"/>.</summary>
public class RandomNetworkTests(SubjectFixture<RandomNetwork> subject) : ConformanceTests<RandomNetwork>(subject);
