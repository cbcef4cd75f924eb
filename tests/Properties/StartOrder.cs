[assembly: TestCollectionOrderer("Wellbehaved.Tests.Properties.StartOrder", "Wellbehaved.Tests.Properties")]

namespace Wellbehaved.Tests.Properties;

/// <summary>What takes longest, as measured; another order changes nothing but how long a run takes.</summary>
public sealed class StartOrder()
    : LongestFirst(
        nameof(InfiniteWidthTests),
        nameof(GradientTheoryTests),
        nameof(StackJudgeTests),
        nameof(S5_GivenNoiseTests),
        nameof(DeepNetworkTests),
        nameof(JournalTests),
        nameof(DepthTests),
        nameof(LayerMapTests)
    );
