namespace Wellbehaved.Bench;

/// <summary>The sizes that are compared: those of published figures, or small ones that only try whether everything runs.</summary>
internal sealed record CompareSizes
{
    /// <summary>The sizes with which figures are measured.</summary>
    public static CompareSizes Real { get; } = new();

    /// <summary>Sizes for a run of about a minute, whose figures mean nothing.</summary>
    public static CompareSizes Quick { get; } =
        new()
        {
            PaperImages = 4,
            PaperChannels = 64,
            PaperDepth = 4,
            LayerImages = 2,
            LayerExtent = 8,
            LayerChannels = 16,
            Tokens = 2,
            TokenWidth = 16,
            NetworkImages = 2,
            NetworkChannels = 16,
            NetworkDepth = 1,
            TrainingDepth = 2,
            DiagnosisImages = 2,
            KernelPoints = 32,
            LooksAgain = false,
            Scaling = 8,
            WarmUp = TimeSpan.Zero,
            MethodTime = TimeSpan.FromMilliseconds(20),
            PeerRounds = 1,
            Rounds = 1,
        };

    public int PaperImages { get; init; } = 64;

    public int PaperChannels { get; init; } = 512;

    public int PaperDepth { get; init; } = 100;

    public int LayerImages { get; init; } = 32;

    public int LayerExtent { get; init; } = 32;

    public int LayerChannels { get; init; } = 64;

    /// <summary>Rows, and also columns, of the grid of tokens: 64 tokens.</summary>
    public int Tokens { get; init; } = 8;

    public int TokenWidth { get; init; } = 256;

    public int NetworkImages { get; init; } = 64;

    public int NetworkChannels { get; init; } = 512;

    /// <summary>Repetitions in a network of layers of the whole width; those of images have as many in each stage.</summary>
    public int NetworkDepth { get; init; } = 8;

    public int TrainingDepth { get; init; } = 40;

    public int DiagnosisImages { get; init; } = 8;

    /// <summary>Whether the machine's peak rates are measured again before each piece of work.</summary>
    public bool LooksAgain { get; init; } = true;

    /// <summary>Points of the kernels of the recursion.</summary>
    public int KernelPoints { get; init; } = 1024;

    /// <summary>The number by which depth, width, batch and simulations of the scaling table are divided.</summary>
    public int Scaling { get; init; } = 1;

    /// <summary>How long our side runs before it is measured: the runtime compiles hot code again, better, for some time.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long each size of the table of methods is measured.</summary>
    public TimeSpan MethodTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Rounds that the peer does before it is measured.</summary>
    public int PeerRounds { get; init; } = 3;

    /// <summary>Rounds that are measured, unless another number is asked for.</summary>
    public int Rounds { get; init; } = 5;
}
