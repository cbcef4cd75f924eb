using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>The machine on described networks: order of places and parameters, precision, threads.</summary>
public class DescribedNetworkTests
{
    public static TheoryData<string> Names => [.. DescribedNetworks.Examples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_are_asked_for_in_the_order_of_the_list(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var source = new RecordingSource();

        DescribedNetworks.Propagate(network, DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2), parameters: source);

        source.Asked.Should().Equal(ParameterList.Enumerate(network));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Places_are_shown_in_order_with_their_shapes(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var observer = new RecordingObserver(_ => true);

        DescribedNetworks.Propagate(network, DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2), observer: observer);

        observer.Seen.Select(seen => seen.Index).Should().Equal(Enumerable.Range(0, network.Places.Count));
        observer.Seen.Select(seen => seen.Place).Should().Equal(network.Places);
        observer
            .Seen.Select(seen => seen.Shape)
            .Should()
            .Equal(network.Places.Select(place => new TensorShape(DescribedNetworks.Images, place.Shape.Height, place.Shape.Width, place.Shape.Channels)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_choice_of_observed_places_changes_no_bit(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var everywhere = new RecordingObserver(_ => true);
        var atOddPlaces = new RecordingObserver(index => index % 2 == 1);

        var observed = DescribedNetworks.Propagate(network, signal, noise, observer: everywhere);
        var unobserved = DescribedNetworks.Propagate(network, signal, noise);
        DescribedNetworks.Propagate(network, signal, noise, observer: atOddPlaces);

        unobserved.Signal.Should().Equal(observed.Signal);
        unobserved.Noise.Should().Equal(observed.Noise);
        atOddPlaces
            .Seen.Select(seen => (seen.Index, seen.Sum))
            .Should()
            .Equal(everywhere.Seen.Where(seen => seen.Index % 2 == 1).Select(seen => (seen.Index, seen.Sum)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));

        foreach (var kind in Enum.GetValues<NoiseKind>())
        {
            var one = DescribedNetworks.Propagate(network, signal, noise, kind);
            var three = DescribedNetworks.Propagate(network, signal, noise, kind, threads: 3);
            three.Signal.Should().Equal(one.Signal);
            three.Noise.Should().Equal(one.Noise);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Single_precision_follows_double_precision(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var expected = DescribedNetworks.Propagate(network, signal, noise);

        var actual = DescribedNetworks.PropagateSingle(network, signal, noise);

        // A dozen layers of sums of at most 72 terms with roundings of 2⁻²⁴, which batches of three can enlarge tenfold.
        Propagations.Distance(actual.Signal, expected.Signal).Should().BeLessThan(1e-4);
        Propagations.Distance(actual.Noise, expected.Noise).Should().BeLessThan(1e-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_second_propagation_repeats_the_first_and_the_input_stays(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        using var machine = new NetworkPropagation<double>(network, DescribedNetworks.Images);
        signal.CopyTo(machine.Input.Signal);
        noise.CopyTo(machine.Input.Noise);
        var parameters = new RandomParameters<double>(7, 1);

        var first = machine.Propagate(parameters).TrueNoise();
        var second = machine.Propagate(parameters).TrueNoise();

        second.Should().Equal(first);
        machine.Input.TrueSignal().Should().Equal(signal);
        machine.Input.TrueNoise().Should().Equal(noise);
    }

    [Fact]
    public void Every_unit_is_reported_once()
    {
        foreach (var network in DescribedNetworks.Examples.Values)
        {
            var units = 0;
            using var machine = new NetworkPropagation<double>(network, 2);
            new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Signal, 1);
            machine.Propagate(new RandomParameters<double>(7, 1), depthReached: () => units++);

            units.Should().Be(network.Depth, network.Name);
        }
    }

    [Fact]
    public void Cancellation_stops_the_propagation_at_the_next_unit()
    {
        var network = Recipes.Vanilla(new RecipeSizes(new Shape(1, 1, 4), 10, 4));
        using var machine = new NetworkPropagation<double>(network, 2);
        using var cancellation = new CancellationTokenSource();
        var units = 0;

        var propagating = () =>
            machine.Propagate(new RandomParameters<double>(7, 1), null, () => _ = ++units == 3 ? Cancel(cancellation) : 0, cancellation.Token);

        propagating.Should().Throw<OperationCanceledException>();
        units.Should().Be(3);
    }

    [Law(MaxTest = 100)]
    public void The_recipes_give_the_same_bits_as_the_hand_written_steps_of_the_architectures(NetworkCase network)
    {
        var settings = network.Settings(0.01);
        var kernels = network.RandomKernels();
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));

        BitsOf(settings, signal, noise, kernels.ConvertAll(kernel => kernel.ToArray())).Should().BeTrue();
        BitsOf(
                settings,
                [.. signal.Select(value => (float)value)],
                [.. noise.Select(value => (float)value)],
                kernels.ConvertAll(kernel => kernel.Select(value => (float)value).ToArray())
            )
            .Should()
            .BeTrue();
    }

    private static int Cancel(CancellationTokenSource source)
    {
        source.Cancel();
        return 0;
    }

    /// <summary>Whether the machine and the steps agree at every place, stored values and exponents.</summary>
    private static bool BitsOf<T>(NetworkSettings settings, T[] signal, T[] noise, List<T[]> kernels)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var description = settings.Description();
        if (description is null)
        {
            // A kernel larger than the features: no description, and then there is one way only.
            settings.KernelSize.Should().BeGreaterThan(Math.Min(settings.FeatureShape.Height, settings.FeatureShape.Width));
            return true;
        }

        using var machine = new NetworkPropagation<T>(settings);
        using var product = new MatrixProduct<T>();
        using var steps = new StepwisePropagation<T>(settings, product, 1);
        signal.CopyTo(machine.Input.Signal);
        noise.CopyTo(machine.Input.Noise);
        foreach (var looks in new[] { true, false })
        {
            var (ofMachine, ofSteps) = (new StoredValues<T>(looks), new StoredValues<T>(looks));
            ofMachine.Add(0, default, machine.Propagate(new GivenKernels<T>(kernels), ofMachine));
            ofSteps.Add(0, default, steps.Propagate(machine.Input, new GivenKernels<T>(kernels), ofSteps, null, default));
            if (!ofMachine.Values.SequenceEqual(ofSteps.Values))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class RecordingSource : IParameterSource<double>
    {
        private readonly RandomParameters<double> _random = new(7, 1);

        public List<ParameterTensor> Asked { get; } = [];

        public void Fill(ParameterTensor tensor, Span<double> values)
        {
            Asked.Add(tensor);
            if (tensor.Length > 0)
            {
                values.Length.Should().Be((int)tensor.Length);
            }

            _random.Fill(tensor, values);
        }
    }

    private sealed class RecordingObserver(Func<int, bool> looks) : IPlaceObserver<double>
    {
        public List<(int Index, Networks.Place Place, TensorShape Shape, double Sum)> Seen { get; } = [];

        public bool Observes(int index, Networks.Place place) => looks(index);

        public void Observe(int index, Networks.Place place, SignalAndNoise<double> values) =>
            Seen.Add((index, place, values.Shape, values.TrueSignal().Sum() + values.TrueNoise().Sum()));
    }

    private sealed class StoredValues<T>(bool looks) : IPropagationObserver<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public List<(int Depth, Model.UnitPlace Place, string Stored)> Values { get; } = [];

        public bool Observes(int depth) => looks;

        public void Observe(int depth, Model.UnitPlace place, SignalAndNoise<T> values) => Add(depth, place, values);

        public void Add(int depth, Model.UnitPlace place, SignalAndNoise<T> values) =>
            Values.Add(
                (
                    depth,
                    place,
                    FormattableString.Invariant(
                        $"{values.SignalExponent} {values.NoiseExponent} {string.Join(',', values.Signal.ToArray())} {string.Join(',', values.Noise.ToArray())}"
                    )
                )
            );
    }
}
