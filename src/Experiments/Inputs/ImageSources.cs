namespace Wellbehaved.Experiments;

/// <summary>Finds the images of a data set by its name.</summary>
public static class ImageSources
{
    private const string ArchiveEnding = ".npz";
    private const string ArrayEnding = ".npy";
    private const int MostNamesShown = 20;

    /// <summary>Data sets that have names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["natural", "gaussian", "cifar10", "cifar100", "mnist", "fashion_mnist"];

    /// <summary>Opens a data set.</summary>
    /// <param name="dataset">One of <see cref="Names"/>, the path of an <c>.npy</c> file of images, or <c>FILE.npz:NAME</c>, an array in an archive.
    /// <c>natural</c> is embedded; so is a part of <c>fashion_mnist</c>, which is used if no folder is given.</param>
    /// <param name="folder">Folder of the files of <c>cifar10</c>, <c>cifar100</c>, <c>mnist</c> and <c>fashion_mnist</c>.</param>
    /// <param name="layout">The meaning of each axis of a file's array; null for the default, which is refused where the axes contradict it.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The name is unknown, its files are missing or damaged, or a layout was given for a data set that has its
    /// own.</exception>
    public static ImageSource Open(string dataset, string? folder = null, ImageLayout? layout = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        RequireNoNeedlessFolder(dataset, folder);
        if (ArchiveAndName(dataset) is var (archive, name))
        {
            return OpenInArchive(archive, name, layout);
        }

        if (dataset.EndsWith(ArrayEnding, StringComparison.OrdinalIgnoreCase))
        {
            return OpenArray(dataset, layout, Array.MaxLength);
        }

        if (layout is not null)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Layout)),
                $"expected with images of an {ArrayEnding} or {ArchiveEnding} file only, got {ParameterName.Spell(nameof(ExperimentOptions.Dataset))} {dataset}"
            );
        }

        return dataset switch
        {
            "natural" => NaturalPatches.Load(),
            "gaussian" => new GaussianImages(),
            "cifar10" => Cifar.Of10Classes.Load(Required(folder, dataset)),
            "cifar100" => Cifar.Of100Classes.Load(Required(folder, dataset)),
            "mnist" => IdxImages.Load(Required(folder, dataset), "MNIST"),
            FashionMnist.Name when string.IsNullOrEmpty(folder) => FashionMnist.Training.WithoutLabels(dataset),
            FashionMnist.Name => IdxImages.Load(Required(folder, dataset), "FashionMNIST"),
            _ => throw Unknown(dataset),
        };
    }

    /// <summary>Refuses a folder that would not be looked at: whoever gives it means the images in it.</summary>
    private static void RequireNoNeedlessFolder(string dataset, string? folder)
    {
        if (
            !string.IsNullOrEmpty(folder)
            && (
                dataset is "natural" or GaussianImages.Name
                || ArchiveAndName(dataset) is not null
                || dataset.EndsWith(ArrayEnding, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.DataDir)),
                $"expected with {string.Join(", ", Names.Skip(2))} only, whose files it holds, got "
                    + $"{ParameterName.Spell(nameof(ExperimentOptions.Dataset))} {dataset}"
            );
        }
    }

    /// <summary>Opens the images of a file, and reads them into memory if they fit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layout">The meaning of each axis.</param>
    /// <param name="mostInMemory">The greatest number of bytes that are read at once; of a larger file only the drawn images are read.</param>
    internal static ImageSource OpenArray(string path, ImageLayout? layout, long mostInMemory) =>
        new FileInfo(AtomicFile.TargetOf(path)) is { Exists: true, Length: var length } && length > mostInMemory
            ? ImagesInFile.Open(path, layout)
            : new StoredImages(NpyFormat.ReadFile(path), path, layout);

    private static StoredImages OpenInArchive(string path, string? name, ImageLayout? layout)
    {
        using var archive = NpzArchive.Open(path);
        var chosen = name ?? (archive.Names.Count == 1 ? archive.Names.First() : null);
        if (chosen is not null && !archive.Contains(chosen) && chosen.EndsWith(ArrayEnding, StringComparison.OrdinalIgnoreCase))
        {
            chosen = chosen[..^ArrayEnding.Length];
        }

        if (chosen is null || !archive.Contains(chosen))
        {
            var there = string.Join(", ", archive.Names.Order(StringComparer.Ordinal).Take(MostNamesShown));
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                $"expected {path}:NAME with one of {there}, got {(name is null ? "no name" : $"'{name}'")}"
            );
        }

        ReadingAllowance.RequireImages(path, archive, chosen);
        return new StoredImages(archive.Read(chosen), $"{path}:{chosen}", layout);
    }

    /// <summary>The two parts of FILE.npz:NAME; the name is null for FILE.npz alone.</summary>
    private static (string Path, string? Name)? ArchiveAndName(string dataset)
    {
        if (dataset.EndsWith(ArchiveEnding, StringComparison.OrdinalIgnoreCase))
        {
            return (dataset, null);
        }

        var end = dataset.IndexOf(ArchiveEnding + ":", StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : (dataset[..(end + ArchiveEnding.Length)], dataset[(end + ArchiveEnding.Length + 1)..]);
    }

    private static InvalidInputException Unknown(string dataset)
    {
        var way = File.Exists(dataset) ? "; images of another format are saved as an array: np.save('images.npy', images)" : string.Empty;
        return new(
            ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
            $"expected {string.Join(", ", Names)}, the path of an {ArrayEnding} file or FILE{ArchiveEnding}:NAME, got "
                + $"'{dataset}'{Spelling.Hint(dataset, Names)}{way}"
        );
    }

    /// <summary>The folder of a data set whose files are not embedded.</summary>
    /// <exception cref="InvalidInputException">No folder was given, or it does not exist.</exception>
    internal static string Required(string? folder, string dataset)
    {
        if (string.IsNullOrEmpty(folder))
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(ExperimentOptions.DataDir)), $"expected the folder that holds the files of {dataset}");
        }

        return Directory.Exists(folder)
            ? folder
            : throw new InvalidInputException(ParameterName.Spell(nameof(ExperimentOptions.DataDir)), $"expected an existing folder, got '{folder}'");
    }
}
