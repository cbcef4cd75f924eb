namespace Wellbehaved.Model;

/// <summary>Finds the images that a data set's name stands for.</summary>
public static class ImageSources
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataset"><c>natural</c> (embedded), <c>gaussian</c>, <c>cifar10</c>, <c>mnist</c>, or the path of an <c>.npy</c> file of images.</param>
    /// <param name="folder">Folder of the files of <c>cifar10</c> and <c>mnist</c>.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The name is unknown, or its files are missing or damaged.</exception>
    public static ImageSource Open(string dataset, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset switch
        {
            "natural" => NaturalPatches.Load(),
            "gaussian" => new GaussianImages(),
            "cifar10" => Cifar10.Load(Required(folder, dataset)),
            "mnist" => Mnist.Load(Required(folder, dataset)),
            _ when dataset.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) => new StoredImages(NpyFormat.ReadFile(dataset), dataset),
            _ => throw new InvalidInputException("--dataset", $"expected natural, gaussian, cifar10, mnist or the path of an .npy file, got '{dataset}'{Spelling.Hint(dataset, ["natural", "gaussian", "cifar10", "mnist"])}"),
        };
    }

    private static string Required(string? folder, string dataset)
    {
        if (string.IsNullOrEmpty(folder))
        {
            throw new InvalidInputException("--data-dir", $"expected the folder that holds the files of {dataset}");
        }

        return Directory.Exists(folder) ? folder : throw new InvalidInputException("--data-dir", $"expected an existing folder, got '{folder}'");
    }
}
