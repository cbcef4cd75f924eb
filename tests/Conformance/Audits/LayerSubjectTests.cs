using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The examples that interpret layers, asked through protocol 2: with given parameters they compute what the definition does, on every conformance vector of
/// layers.
/// </summary>
public class LayerSubjectTests
{
    [NumPyFact]
    public void NumPy_computes_every_vector_of_layers() => Compare($"{NumPy.Python} '{Path.Combine(Audited.Examples, "wellbehaved_numpy_layers.py")}'", 1e-12);

    [PyTorchFact]
    public void PyTorch_computes_every_vector_of_layers() =>
        Compare($"{NumPy.PythonWithTorch} '{Path.Combine(Audited.Examples, "wellbehaved_pytorch_layers.py")}'", 2e-5);

    /// <summary>A program has no numbers to make an array of moments of: it must not be asked for one.</summary>
    [NumPyFact]
    public void A_subject_is_not_asked_for_moments_of_a_network_without_places()
    {
        using var subject = new ProcessSubject(
            $"{NumPy.Python} '{Path.Combine(Audited.Examples, "wellbehaved_numpy_layers.py")}'",
            TimeSpan.FromSeconds(300),
            1
        );
        var network = new Wellbehaved.Networks.Network("flatten", new(2, 3, 4), [new Wellbehaved.Networks.Flatten()]);

        var trace = NetworkTrace.Record(subject, network, NoiseKind.Mapping, new Weights.Own(1, 0), Batch.Gaussian(network, 2, 1, 0), _ => { });

        trace.Snapshots.Should().BeEmpty();
        subject.Failures.Should().BeEmpty();
    }

    /// <summary>A dense layer leaves features in another order in memory, which PyTorch's forward derivative of a group norm refuses.</summary>
    [PyTorchFact]
    public void Modules_of_PyTorch_take_the_features_of_a_dense_layer()
    {
        using var subject = new ProcessSubject(
            $"{NumPy.PythonWithTorch} '{Path.Combine(Audited.Examples, "wellbehaved_pytorch_layers.py")}'",
            TimeSpan.FromSeconds(300),
            1
        );
        Networks.Layer[] layers =
        [
            new Networks.GroupNorm(2),
            new Networks.BatchNorm(),
            new Networks.InstanceNorm(),
            new Networks.LayerNorm { Over = Networks.NormalisedOver.All },
            new Networks.Convolution(3),
            new Networks.AveragePool(2),
            new Networks.MaxPool(2),
            new Networks.GlobalAveragePool(),
        ];
        foreach (var layer in layers)
        {
            var network = new Networks.Network("after dense", new(4, 6, 4), [new Networks.Dense(), layer]);
            foreach (var noise in Enum.GetValues<NoiseKind>())
            {
                var trace = NetworkTrace.Record(subject, network, noise, new Weights.Own(1, 0), Batch.Gaussian(network, 2, 1, 0), _ => { });

                trace.Snapshots[^1].Noise.Should().OnlyContain(value => double.IsFinite(value), "{0} follows a dense layer", layer);
            }
        }
    }

    private static void Compare(string command, double tolerance)
    {
        using var subject = new ProcessSubject(command, TimeSpan.FromSeconds(300), 1);
        var wrong = new List<string>();
        foreach (var vector in LayerVectorCase.All)
        {
            var input = new Batch(
                new TensorShape(vector.Input.Images, vector.Input.Height, vector.Input.Width, vector.Input.Channels),
                vector.Input.Signal,
                vector.Input.Noise
            );
            if (subject.Description.NetworkOffer!.WhyNot(vector.Network, vector.Input.Images, NoiseKind.Full, given: true) is { } reason)
            {
                reason.Should().Be("layer rms_norm", "older versions of PyTorch have no module for it");
                continue;
            }

            foreach (var (kind, noise) in new[] { (NoiseKind.Mapping, WrittenOutNoise.Mapping), (NoiseKind.Full, WrittenOutNoise.Full) })
            {
                var places = vector.Propagate(noise).Places;
                foreach (
                    var shown in NetworkTrace
                        .Record(subject, vector.Network, kind, new Weights.Given([.. vector.Parameters.Select(parameter => parameter.Values)]), input)
                        .Snapshots
                )
                {
                    var right = places[shown.Index].Features;
                    var distance = Math.Max(Distance(shown.Signal, right.Signal), Distance(shown.Noise, right.Noise));
                    if (!(distance < tolerance))
                    {
                        wrong.Add($"{vector.Network.Name} at {shown.Where}, {kind}: {distance:e1}");
                    }
                }
            }
        }

        wrong.Should().BeEmpty();
        subject.Failures.Should().BeEmpty();
    }

    private static double Distance(double[] one, double[] other) =>
        one.Zip(other, (x, y) => Math.Abs(x - y)).Max() / Math.Max(Math.Sqrt(other.Average(x => x * x)), 1e-300);
}
