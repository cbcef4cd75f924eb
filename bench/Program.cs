using System.Globalization;
using BenchmarkDotNet.Running;
using Wellbehaved.Bench;

// error-rates reference SEEDS FILE | error-rates mutants SEEDS FILE | error-rates diagnoses SEEDS FILE |
// error-rates table REFERENCE DIAGNOSES MUTANTS; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["error-rates", "reference", var seeds, var path]:
        ReferenceExperiment.Run(int.Parse(seeds, CultureInfo.InvariantCulture), path);
        break;
    case ["error-rates", "mutants", var seeds, var path]:
        MutantExperiment.Run(int.Parse(seeds, CultureInfo.InvariantCulture), path);
        break;
    case ["error-rates", "diagnoses", var seeds, var path]:
        DiagnosisExperiment.Run(int.Parse(seeds, CultureInfo.InvariantCulture), path);
        break;
    case ["error-rates", "table", var reference, var diagnoses, var mutants]:
        RatesTable.Print(reference, diagnoses, mutants);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
