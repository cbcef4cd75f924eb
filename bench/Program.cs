using System.Globalization;
using BenchmarkDotNet.Running;
using Wellbehaved.Bench;

// error-rates reference SEEDS FILE | error-rates mutants SEEDS FILE | error-rates table REFERENCE MUTANTS; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["error-rates", "reference", var seeds, var path]:
        ReferenceExperiment.Run(int.Parse(seeds, CultureInfo.InvariantCulture), path);
        break;
    case ["error-rates", "mutants", var seeds, var path]:
        MutantExperiment.Run(int.Parse(seeds, CultureInfo.InvariantCulture), path);
        break;
    case ["error-rates", "table", var reference, var mutants]:
        RatesTable.Print(reference, mutants);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
