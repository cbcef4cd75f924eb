using System.Diagnostics;
using System.Globalization;

namespace Wellbehaved.Bench;

/// <summary>The PyTorch program that does the same work, in a process of its own.</summary>
internal sealed class PyTorchPeer : IDisposable
{
    private readonly Process _process;

    public PyTorchPeer(string script)
    {
        _process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("python3 did not start");
        Version = Answer();
    }

    /// <summary>Version of PyTorch.</summary>
    public string Version { get; }

    /// <summary>Does a piece of work once.</summary>
    /// <param name="work">Its name.</param>
    /// <returns>Seconds.</returns>
    public double Seconds(string work)
    {
        _process.StandardInput.WriteLine(work);
        return double.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the PyTorch program ended early");
}
