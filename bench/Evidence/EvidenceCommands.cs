using System.Globalization;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>The commands of <c>bench -- evidence</c>.</summary>
public static class EvidenceCommands
{
    private const string Usage = """
        evidence STUDY FROM TO FILE [--minutes N] [KEY…]   runs the seeds FROM to TO - 1 that FILE lacks; STUDY is operations, comparisons, generated,
                                                           calibration, quick, power, mutants, diagnoses, tables or shares; exit status 1 if the reference was rejected
        evidence merge FILE PART…                          puts parts of a study together
        evidence table [FOLDER [PAGE]]                     writes the tables of data/evidence into docs/verdicts.md
        evidence stamp [PAGE]                              puts or removes the line that says that the tables are old
        evidence digest                                    prints the version of the arithmetic
        """;

    private const int Rejected = 1;
    private const int WrongCall = 2;
    private const int Interrupted = 130;

    private static readonly Dictionary<string, Func<IStudy>> Studies = new(StringComparer.Ordinal)
    {
        ["operations"] = ComparisonStudy.Operations,
        ["comparisons"] = ComparisonStudy.Comparisons,
        ["generated"] = () => new GeneratedStudy(),
        ["calibration"] = () => new CalibrationStudy(),
        ["quick"] = () => new QuickStudy(),
        ["power"] = () => new PowerStudy(),
        ["mutants"] = () => new MutantStudy(),
        ["diagnoses"] = () => new DiagnosisStudy(),
        ["tables"] = () => new TableStudy(),
        ["shares"] = () => new ShareStudy(),
    };

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">What follows <c>evidence</c>.</param>
    /// <returns>The exit status.</returns>
    public static int Run(params string[] arguments)
    {
        using var cancellation = new CancellationTokenSource();
        Console.CancelKeyPress += Cancel;
        try
        {
            return Run(arguments, cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted; run the same command again to continue where the file ends");
            return Interrupted;
        }
        catch (Exception exception) when (exception is InvalidInputException or IOException)
        {
            Console.Error.WriteLine(exception.Message);
            return WrongCall;
        }
        finally
        {
            Console.CancelKeyPress -= Cancel;
        }

        void Cancel(object? sender, ConsoleCancelEventArgs key)
        {
            key.Cancel = true;
            cancellation.Cancel();
        }
    }

    private static int Run(string[] arguments, CancellationToken cancellation)
    {
        switch (arguments)
        {
            case ["digest"]:
                Console.WriteLine($"{Arithmetic.Propagation} {Arithmetic.Library}");
                return 0;
            case ["merge", var output, var first, .. var others]:
                Named(Provenance.Read(first).Study, first, study => study.Merge(output, [first, .. others]));
                return 0;
            case ["table", .. var places] when places.Length <= 2:
                var page = PathOf(places.ElementAtOrDefault(1), "docs", "verdicts.md");
                var folder = PathOf(places.ElementAtOrDefault(0), "data", "evidence");
                var tables = EvidenceTables.Write(folder);
                AtomicFile.WriteText(
                    page,
                    new EvidencePage(File.ReadAllText(page)).WithTables(tables).Stamped(Arithmetic.Propagation, EvidenceTables.Outdated(folder)).Text
                );
                return 0;
            case ["stamp", .. var places] when places.Length <= 1:
                var stamped = PathOf(places.ElementAtOrDefault(0), "docs", "verdicts.md");
                AtomicFile.WriteText(
                    stamped,
                    new EvidencePage(File.ReadAllText(stamped)).Stamped(Arithmetic.Propagation, EvidenceTables.Outdated(PathOf(null, "data", "evidence"))).Text
                );
                return 0;
            case [var name, var from, var to, var path, .. var rest] when Studies.ContainsKey(name):
                var part = new StudyPart(Number(from, "FROM"), Number(to, "TO"), path);
                part = rest is ["--minutes", var minutes, .. var keys]
                    ? part with
                    {
                        Limit = TimeSpan.FromMinutes(Number(minutes, "--minutes")),
                        Only = keys,
                    }
                    : part with
                    {
                        Only = rest,
                    };
                Named(name, path, study => study.Run(part, Console.Error.WriteLine, cancellation));
                IReadOnlyList<string> rejecting = [];
                Named(name, path, study => rejecting = study.Rejecting(path));
                foreach (var key in rejecting)
                {
                    Console.Error.WriteLine($"{name}: {key} rejected the reference");
                }

                return rejecting.Count == 0 ? 0 : Rejected;
            default:
                Console.Error.WriteLine(Usage);
                return WrongCall;
        }
    }

    private static void Named(string name, string path, Action<IStudy> use)
    {
        if (!Studies.TryGetValue(name, out var create))
        {
            throw new InvalidInputException(path, $"expected evidence of one of {string.Join(", ", Studies.Keys)}, got {name}");
        }

        using var study = create();
        use(study);
    }

    private static string PathOf(string? given, params string[] usual) => given ?? Path.Combine([Repository.Root, .. usual]);

    private static ulong Number(string text, string what) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidInputException(what, $"expected a number from 0 on, got '{text}'");
}
