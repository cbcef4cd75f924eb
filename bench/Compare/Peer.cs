using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Wellbehaved.Bench;

/// <summary>A program in Python that does the same work, in a process of its own: a request on a line, the seconds that it took on a line.</summary>
internal sealed class Peer : IDisposable
{
    private readonly string _script;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
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

    /// <summary>Version of the library that it measures.</summary>
    public string Version { get; }

    /// <summary>Does a piece of work once; what it needs is prepared at the first request for it, and kept until another one comes.</summary>
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
