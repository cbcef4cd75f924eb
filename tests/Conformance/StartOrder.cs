[assembly: TestCollectionOrderer("Wellbehaved.Tests.Conformance.StartOrder", "Wellbehaved.Tests.Conformance")]

namespace Wellbehaved.Tests.Conformance;

/// <summary>What takes longest, as measured; another order changes nothing but how long a run takes.</summary>
public sealed class StartOrder()
    : LongestFirst(
        nameof(ExampleTests),
        PackageFolder.SharedByTests,
        nameof(LayerMutantTests),
        nameof(MisbehavingSubjectTests),
        nameof(ShownOutputTests),
        nameof(PyTorchExampleTests),
        nameof(PythonMutantTests),
        nameof(HtmlReportTests),
        nameof(DialTests),
        nameof(GeneratedSubjectTests),
        nameof(CampaignTests),
        nameof(OnnxCommandTests),
        nameof(ClaimTests),
        nameof(RandomTableTests),
        nameof(ProtocolTests),
        nameof(PredictNetworkTests),
        nameof(PythonPackageTests),
        nameof(CauseTests),
        nameof(ProcessSubjectTests),
        nameof(RecordTests),
        nameof(TerminalTests),
        nameof(ProcessorTests),
        nameof(KillTests)
    );
