using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A subject in a process of its own whose answers were written beforehand: a shell script that copies files, and keeps what it was sent.</summary>
internal sealed class PreparedSubject : IDisposable
{
    /// <summary>Moments that it reports.</summary>
    public static readonly string[] Moments = ["reff_signal", "log_chi", "log_nu2_signal"];

    private const string Script = """
        field() { v=${a#*\"$1\":}; v=${v%%[,\}]*}; printf %s "$v" | tr -d '"'; }
        cd "$(dirname "$0")"
        echo $$ > pid
        while read -r a; do
          id=$(field id)
          case "$a" in
            *'"request":"stop"'*) : > stopped; exit;;
            *unknown_field*) printf '{"id":%s,"status":"error","reason":"unknown field"}\n' $id;;
            *'"request":"describe"'*) sed "s/ID/$id/" description;;
            *)
              if [ -f sabotage ]; then
                mv sabotage sabotaged
                input=$(field input)
                output=$(field output)
                folder=$(dirname "$input")
                printf '%s\n' "$folder" >> folders
                . ./sabotaged
                printf '{"id":%s,"status":"done"}\n' $id
                continue
              fi
              case "$a" in *'"first":'*) key=$(field first);; *) key=given;; esac
              case "$a" in *'"moments":false'*) key=$key-bare;; esac
              printf '%s\n' "$a" >> requests
              cp "$(field input)" "$key.seen"
              cp "$key.npz" "$(field output)"
              [ ! -f "$key.again" ] || mv "$key.again" "$key.npz"
              printf '{"id":%s,"status":"done"}\n' $id;;
          esac
        done
        """;

    /// <summary>Prepares a subject of fully connected <c>vanilla</c> nets.</summary>
    /// <param name="operations">What it offers, as in its description.</param>
    public PreparedSubject(string operations = "\"propagate\",\"simulate\"")
    {
        File.WriteAllText(In("adapter.sh"), Script.ReplaceLineEndings("\n") + "\n");
        File.WriteAllText(
            In("description"),
            $$"""{"id":ID,"status":"done","name":"prepared","version":null,"dtype":"float32","architectures":["vanilla"],"boundaries":[],"epsilons":[0.25,0.5],"operations":[{{operations}}],"moments":[{{string.Join(',', Moments.Select(name => $"\"{name}\""))}}]}"""
                + "\n"
        );
    }

    private string Folder { get; } = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    /// <summary>Whether it was asked to stop.</summary>
    public bool WasStopped => File.Exists(In("stopped"));

    /// <summary>The requests for tensors or moments that it got.</summary>
    public string[] Requests => File.ReadAllLines(In("requests"));

    /// <summary>Id of its process.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(In("pid")), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The folders in which it did something else than it was asked to.</summary>
    public string[] SabotagedFolders => File.ReadAllLines(In("folders"));

    /// <summary>Lets it do something else at the next request for tensors before it says that it is done.</summary>
    /// <param name="script">Commands of a shell, which know <c>$input</c>, <c>$output</c> and their <c>$folder</c>.</param>
    public void Sabotage(string script) => File.WriteAllText(In("sabotage"), script + "\n");

    /// <summary>What it was sent with the request for a simulation, or for given weights.</summary>
    public NpzArchive Seen(uint? first) => NpzArchive.Open(In($"{Key(first)}.seen"));

    /// <summary>A number that tells from which place of which simulation it is.</summary>
    public static double Number(int simulation, int row, int moment) => (100 * simulation) + row + (0.125 * moment);

    /// <summary>Prepares an answer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="first">Index of the first simulation; null for given weights.</param>
    /// <param name="simulations">Number of simulations.</param>
    /// <param name="number">The number of (simulation, row, array): arrays from 0 on are moments, -1 and -2 signal and noise, if these are wanted.</param>
    /// <param name="tensors">Whether they are.</param>
    /// <param name="again">Whether the answer is for when it is asked once more.</param>
    public void Prepare(NetworkSettings network, uint? first, int simulations, Func<int, int, int, double> number, bool tensors = true, bool again = false)
    {
        var (rows, shape) = (1 + (network.Depth * network.Architecture.Places.Length), network.FeatureShape);
        KeyValuePair<string, NpyArray>[] bare =
        [
            .. (tensors ? [("signal", -1), ("noise", -2)] : Array.Empty<(string Name, int Array)>()).Select(tensor =>
                KeyValuePair.Create(
                    tensor.Name,
                    NpyArray.From(
                        [.. Numbers(tensor.Array).SelectMany(value => Enumerable.Repeat(value, shape.Elements))],
                        simulations,
                        rows,
                        shape.Images,
                        shape.Height,
                        shape.Width,
                        shape.Channels
                    )
                )
            ),
        ];
        var extension = again ? "again" : "npz";
        NpzArchive.Write(In($"{Key(first)}-bare.{extension}"), bare);
        NpzArchive.Write(
            In($"{Key(first)}.{extension}"),
            [.. bare, .. Moments.Select((name, array) => KeyValuePair.Create(name, NpyArray.From([.. Numbers(array)], simulations, rows)))]
        );

        IEnumerable<double> Numbers(int array) =>
            Enumerable.Range(0, simulations).SelectMany(simulation => Enumerable.Range(0, rows).Select(row => number(simulation, row, array)));
    }

    /// <summary>The command that starts it.</summary>
    public string Command => $"sh '{In("adapter.sh")}'";

    /// <summary>Starts it, with time enough for a shell on any machine.</summary>
    public ProcessSubject Start(int processes = 1) => new(Command, TimeSpan.FromMinutes(5), processes);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Key(uint? first) => first is { } index ? $"{index}" : "given";

    private string In(string name) => Path.Combine(Folder, name);
}
