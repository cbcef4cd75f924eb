using Wellbehaved.Onnx;
namespace Wellbehaved.Tests.Onnx.Networks;
public class ProbeTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void Run()
    {
        foreach (var path in (Environment.GetEnvironmentVariable("PROBE") ?? "").Split(','))
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            try {
            using var network = OnnxNetwork.Open(path, new OnnxOptions { BatchSize = int.Parse(Environment.GetEnvironmentVariable("BATCH") ?? "4") });
            output.WriteLine($"{network.Name}: opened {watch.Elapsed.TotalSeconds:F1} s, places {network.Places.Count}, parameters {network.Parameters.Count}, memory {network.LeastMemory / 1e9:F2} GB {string.Join(' ', network.Remarks)}");
            watch.Restart();
            var record = network.Record(1, 0);
            output.WriteLine($"  first mapping {watch.Elapsed.TotalSeconds:F1} s mu2 {record.Mappings[0].Mu2InputSignal}");
            if (Environment.GetEnvironmentVariable("VERBOSE") != null)
            foreach (var p in network.Parameters) output.WriteLine($"   {p.Name} [{string.Join(',', p.Shape)}] {p.Role} {p.Law}");
            for (var i = 0; i < network.Places.Count; i++)
            {
                var (p, m) = (network.Places[i], record.Mappings[0].Moments[i]);
                if (Environment.GetEnvironmentVariable("VERBOSE") != null || i % 20 == 0 || i == network.Places.Count - 1 || m == null) output.WriteLine($"   {p.Depth,3} {p.Kind,-10} {p.Operator,-12} {p.Name} [{string.Join(',', p.Shape)}]@{p.ChannelAxis} nu2 {m?.Nu2Signal:G4} mu2 {m?.Mu2Signal:G4} chi {m?.Chi(record.Mappings[0].Mu2InputSignal):G4} reff {m?.ReffSignal:F2} {m?.ReffNoise:F2}");
                if (m == null) break;
            }
            } catch (Wellbehaved.Model.InvalidInputException e) { output.WriteLine("REFUSED " + e.Message); }
        }
    }
}
