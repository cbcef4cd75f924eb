namespace Wellbehaved.Experiments;

/// <summary>Finds the images with labels that a data set's name stands for.</summary>
internal static class LabelledSources
{
    /// <summary>Data sets with labels.</summary>
    public static IReadOnlyList<string> Names { get; } = [FashionMnist.Name, "mnist", "cifar10"];

    /// <summary>Opens a data set.</summary>
    /// <param name="dataset">One of <see cref="Names"/>; <c>fashion_mnist</c> without a folder is embedded.</param>
    /// <param name="folder">Folder of its files; null for none.</param>
    /// <returns>Images to train on and others to test on, of one shape and of the same classes.</returns>
    /// <exception cref="InvalidInputException">The name is unknown or has no labels, its files are missing or damaged, or labels do not fit.</exception>
    public static (LabelledImages Training, LabelledImages Test) Open(string dataset, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var (training, test) = dataset switch
        {
            FashionMnist.Name when string.IsNullOrEmpty(folder) => (FashionMnist.Training, FashionMnist.Test),
            FashionMnist.Name => OfIdx(dataset, folder, "FashionMNIST"),
            "mnist" => OfIdx(dataset, folder, "MNIST"),
            "cifar10" => Cifar.Of10Classes.LoadLabelled(ImageSources.Required(folder, dataset)),
            _ => throw new InvalidInputException(
                "--dataset",
                $"expected {string.Join(", ", Names)}, whose images have labels, got '{dataset}'{Spelling.Hint(dataset, Names)}"
            ),
        };
        return training.Shape == test.Shape
            ? (training, test)
            : throw new InvalidInputException("--data-dir", $"expected training and test images of one shape, got {training.Shape} and {test.Shape}");
    }

    private static (LabelledImages Training, LabelledImages Test) OfIdx(string dataset, string? folder, string nameOfTorchvision)
    {
        var found = ImageSources.Required(folder, dataset);
        return (IdxImages.LoadLabelled(found, nameOfTorchvision, "train"), IdxImages.LoadLabelled(found, nameOfTorchvision, "t10k"));
    }
}
