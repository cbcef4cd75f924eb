namespace Wellbehaved.Experiments;

/// <summary>Finds the labelled images of a data set by its name.</summary>
internal static class LabelledSources
{
    /// <summary>Data sets with labels.</summary>
    public static IReadOnlyList<string> Names { get; } = [FashionMnist.Name, "mnist", "cifar10"];

    /// <summary>Opens a data set.</summary>
    /// <param name="dataset">One of <see cref="Names"/>; <c>fashion_mnist</c> without a folder is embedded.</param>
    /// <param name="folder">Folder of its files; null for none.</param>
    /// <returns>Training and test images of the same shape and the same classes.</returns>
    /// <exception cref="InvalidInputException">The name is unknown or the data set has no labels, its files are missing or damaged, or its labels do not fit
    /// the images.</exception>
    public static (LabelledImages Training, LabelledImages Test) Open(string dataset, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        RequireLabels(dataset);
        var (training, test) = dataset switch
        {
            FashionMnist.Name when string.IsNullOrEmpty(folder) => (FashionMnist.Training, FashionMnist.Test),
            FashionMnist.Name => OfIdx(dataset, folder, "FashionMNIST"),
            "mnist" => OfIdx(dataset, folder, "MNIST"),
            "cifar10" => Cifar.Of10Classes.LoadLabelled(ImageSources.Required(folder, dataset)),
            _ => throw new InvalidOperationException($"no labels for {dataset}"),
        };
        return training.Shape == test.Shape
            ? (training, test)
            : throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.DataDir)),
                $"expected training and test images of one shape, got {training.Shape} and {test.Shape}"
            );
    }

    /// <summary>Requires a data set with labels, before its images are looked at.</summary>
    /// <exception cref="InvalidInputException">The name is unknown or the data set has no labels.</exception>
    internal static void RequireLabels(string dataset)
    {
        if (!Names.Contains(dataset))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                $"expected {string.Join(", ", Names)}, whose images have labels, got '{dataset}'{Spelling.Hint(dataset, Names)}"
            );
        }
    }

    private static (LabelledImages Training, LabelledImages Test) OfIdx(string dataset, string? folder, string nameOfTorchvision)
    {
        var found = ImageSources.Required(folder, dataset);
        return (IdxImages.LoadLabelled(found, nameOfTorchvision, "train"), IdxImages.LoadLabelled(found, nameOfTorchvision, "t10k"));
    }
}
