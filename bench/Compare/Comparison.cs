using System.Diagnostics;
using System.Globalization;
using System.Text;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Bench;

/// <summary>Measures this project against PyTorch and against what the machine can do, in one run, and writes the tables of docs/performance.md.</summary>
internal sealed class Comparison(ComparisonOptions options)
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.3);
    private readonly StringBuilder _tables = new();
    private readonly List<Measured> _history = [];
    private Machine _machine = new(Environment.ProcessorCount);

    /// <summary>Measures all of it.</summary>
    public void Run()
    {
        using var peer = new Peer(options.Script, _machine.Threads);
        var paper = new PaperWorks(options.Sizes, _machine.Threads);
        var networks = new NetworkWorks(options.Sizes, _machine.Threads, options.Networks);
        Section[] sections =
        [
            new("The paper's layers and simulations, against the same arithmetic written out; times are those of a layer", Measure(paper.All(), peer)),
            new(
                "Layers of every type, weights given, signal and noise; PyTorch's noise is its forward-mode derivative",
                Measure(networks.SingleLayers(), peer)
            ),
            new("The networks of `data/networks`, weights drawn each time, signal and noise", Measure(networks.FromFolder(), peer)),
            new("Steps of training, against PyTorch's autograd", Measure(networks.Trainings(), peer)),
            new("Diagnosis of an ONNX file, weights drawn anew, against forward-mode derivatives of the same modules", Measure(networks.Diagnoses(), peer)),
        ];
        var rounds = string.Create(CultureInfo.InvariantCulture, $"medians of {options.Rounds} interleaved rounds, ratios as median (least to greatest)");
        Write($"{_machine.Threads} threads, .NET {Environment.Version}, PyTorch {peer.Version} (Debian) with OpenBLAS; {rounds}.\n");
        Write(
            $"What the machine does at most: {_machine.RegisterPeak / 1e9:F0} GFLOP/s of fused multiply-adds in registers, "
                + $"{_machine.MatrixPeak / 1e9:F0} GFLOP/s in a product of large matrices, {_machine.Bandwidth / 1e9:F1} GB/s of a long copy, read and "
                + "written."
        );
        Write(
            "The *bound* of a row is the time that its products take at the rate of the matrix product, or its tensors to be read and written once "
                + "at that of the copy, whichever is longer, layer by layer; *of the bound* is that time over ours. More than 100 % means that work was "
                + "avoided: products by transforms, tensors that stay in caches."
        );
        foreach (var section in sections)
        {
            Write($"\n{section.Title}:\n");
            Rows(section.Rows);
        }

        if (options.Only.Length > 0)
        {
            return;
        }

        if (File.Exists(options.KernelScript))
        {
            Write($"\nThe kernel recursion, against neural-tangents' formulas in NumPy (its own package is not in Debian):\n");
            if (!KernelTable.Write(Write, options.KernelScript, options.Sizes.KernelPoints, options.Rounds))
            {
                throw new InvalidOperationException($"expected {options.KernelScript} to run, with a Python that has NumPy");
            }
        }

        Write($"\nWhat `run` takes, starting the program included: simulations of a fully connected `bn_ff`, of Fig. 4, and their memory at most:\n");
        ScalingTable.Write(Write, options.Sizes, _machine.Threads);
        Write($"\nDirect convolution and Fourier transforms on one thread, and the method that the cost model takes:\n");
        MethodTable.Write(Write, options.Sizes.MethodTime);
        Publish();
    }

    /// <summary>Writes the page with the new tables in place of the old ones; writes the tables alone where there is no page.</summary>
    private void Publish()
    {
        if (options.Page is { } page)
        {
            var text = File.Exists(page) ? File.ReadAllText(page) : $"{Begin}\n{End}\n";
            var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
            File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n\n{_tables}\n{text[end..]}");
        }

        if (options.History is { } history)
        {
            CompareHistory.Append(history, options.Commit, _history);
        }
    }

    private List<Row> Measure(IEnumerable<Work> works, Peer peer)
    {
        var rows = new List<Row>();
        foreach (var work in works.Where(work => work.Description.Contains(options.Only, StringComparison.Ordinal)))
        {
            if (options.Sizes.LooksAgain || _machine.MatrixPeak == 0)
            {
                _machine = _machine.Measured();
            }

            using var prepared = work.Prepare();
            rows.Add(Measure(work, prepared, peer));
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{work.Description}: {1e3 * rows[^1].Ours.Median():G3} ms, peer {1e3 * rows[^1].Theirs.Median():G3} ms"
                )
            );
        }

        return rows;
    }

    private Row Measure(Work work, Prepared prepared, Peer peer)
    {
        // The first rounds compile and warm caches on both sides.
        var start = Stopwatch.GetTimestamp();
        do
        {
            prepared.Seconds();
        } while (Stopwatch.GetElapsedTime(start) < options.Sizes.WarmUp);

        for (var round = 0; round < options.Sizes.PeerRounds; round++)
        {
            peer.Seconds(work.Request);
        }

        var (ours, theirs) = (new double[options.Rounds], new double[options.Rounds]);
        for (var round = 0; round < options.Rounds; round++)
        {
            // Waiting threads spin for a while, so a pause separates the two sides: neither is measured while threads of the other spin. Of two runs the second
            // counts, since in a deep net a layer follows another layer and finds the caches and clocks that this one left.
            Thread.Sleep(Pause);
            prepared.Seconds();
            ours[round] = prepared.Seconds();
            Thread.Sleep(Pause);
            peer.Seconds(work.Request);
            theirs[round] = peer.Seconds(work.Request);
        }

        return new Row(work, ours, theirs);
    }

    private void Rows(IEnumerable<Row> rows)
    {
        Write($"| work | ours, ms | PyTorch, ms | times faster | asked | GFLOP/s | bound by | of the bound |");
        Write($"|---|---|---|---|---|---|---|---|");
        foreach (var (work, ours, theirs) in rows)
        {
            var ratios = ours.Zip(theirs, (x, y) => y / x).Order().ToArray();
            var seconds = ours.Median();
            var rate = work.Cost.Operations == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{work.Cost.Operations / seconds / 1e9:F0}");
            var asked = work.Target?.ToString(CultureInfo.InvariantCulture) ?? "–";
            var share = work.Cost.Seconds(_machine) / seconds;
            Write(
                $"| {work.Description} | {Milliseconds(seconds / work.Layers)} | {Milliseconds(theirs.Median() / work.Layers)} | **{ratios.Median():F1}** "
                    + $"({ratios[0]:F1} to {ratios[^1]:F1}) | {asked} | {rate} | {work.Cost.Bound(_machine)} | {share:P0} |"
            );
            _history.Add(new Measured(work.Description, seconds / work.Layers, theirs.Median() / work.Layers, share));
        }
    }

    /// <summary>Three significant digits, and no exponent.</summary>
    private static string Milliseconds(double seconds) =>
        1e3 * seconds is var number && number >= 1000
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : number.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>
    /// Prints a line, and keeps it for the page. Numbers are formatted alike everywhere, since the program always runs in the invariant culture.
    /// </summary>
    private void Write(string words)
    {
        Console.WriteLine(words);
        _tables.AppendLine(words);
    }

    private sealed record Row(Work Work, double[] Ours, double[] Theirs);

    private sealed record Section(string Title, IReadOnlyList<Row> Rows);
}
