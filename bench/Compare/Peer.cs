using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Wellbehaved.Bench;

/// <summary>A Python program that does the same work in its own process. It reads a request per line and answers with the seconds that it took.</summary>
internal sealed class Peer : IDisposable
{
    private readonly string _script;
    private readonly Process _process;

    /// <summary>Starts the program.</summary>
    /// <param name="script">The script; its first line of output is a version.</param>
    /// <param name="threads">Its first argument.</param>
    public Peer(string script, int threads)
    {
        _script = script;
        var start = new ProcessStartInfo("/usr/bin/python3", [script, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var library in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            start.Environment[library] = threads.ToString(CultureInfo.InvariantCulture);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start");
        Version = Answer();
    }

    /// <summary>The version of the library that the peer uses.</summary>
    public string Version { get; }

    /// <summary>
    /// Lets the peer do a piece of work once. The peer prepares its data at the first request, and keeps them until another piece of work is requested.
    /// </summary>
    /// <param name="work">What to do.</param>
    /// <returns>Seconds.</returns>
    public double Seconds(JsonObject work)
    {
        _process.StandardInput.WriteLine(work.ToJsonString());
        return double.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{_script} ended early");
}
