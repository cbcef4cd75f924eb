using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>Diagnoses the four architectures at depth 200 over many seeds, and notes the conditions.</summary>
internal static class DiagnosisExperiment
{
    private const int Depth = 200;

    /// <summary>Runs the seeds.</summary>
    /// <param name="seeds">Number of seeds, from 0.</param>
    /// <param name="path">A CSV file, written anew.</param>
    public static void Run(int seeds, string path)
    {
        File.WriteAllText(path, "seed,architecture,condition,law\n");
        for (var seed = 0; seed < seeds; seed++)
        {
            foreach (var architecture in Architecture.Names)
            {
                // The quick suite's experiment, deeper.
                var options = DeepExperiments.OptionsOf(architecture, Scale.Quick, (ulong)seed) with { TotalDepth = Depth };
                var diagnosis = Diagnosis.Of(MomentTable.Of(Experiment.Prepare(options).Run()));
                File.AppendAllText(path, $"{seed},{architecture},{diagnosis.Condition},{diagnosis.ChiGrowth?.Law}\n");
            }
        }
    }
}
