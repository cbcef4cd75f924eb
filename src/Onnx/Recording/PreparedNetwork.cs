using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Wellbehaved.Model;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>A graph with its derivative, divided into segments that are loaded, and the sources of all its inputs.</summary>
internal sealed class PreparedNetwork : IDisposable
{
    /// <summary>Greatest number of bytes of recorded values in a segment, unless a test sets another number.</summary>
    private const long UsualBytes = 128 << 20;

    private readonly Graph _graph;
    private readonly OnnxOptions _options;
    private readonly List<PlaceValue> _places;
    private readonly List<Parameter> _parameters;
    private readonly List<NoiseEntry> _entries;
    private readonly IReadOnlyDictionary<string, string> _tangents;
    private readonly IReadOnlyDictionary<string, int> _axes;
    private readonly List<(Segment Segment, InferenceSession Session)> _segments = [];
    private Dictionary<string, TensorType> _crossing = [];

    /// <summary>For each segment, the numbers of the places whose signal and noise are known after it.</summary>
    private readonly List<List<int>> _placesAfter = [];

    private PreparedNetwork(
        Graph graph,
        OnnxOptions options,
        List<PlaceValue> places,
        List<Parameter> parameters,
        List<NoiseEntry> entries,
        IReadOnlyDictionary<string, string> tangents,
        IReadOnlyDictionary<string, int> axes
    )
    {
        (_graph, _options, _places, _parameters, _entries, _tangents, _axes) = (graph, options, places, parameters, entries, tangents, axes);
        Places = [.. places.Select(place => place.Place)];
        Parameters = parameters.ConvertAll(parameter => new OnnxParameter(
            parameter.Value,
            [.. parameter.Tensor.Dims],
            parameter.Role,
            parameter.Law.ToString(),
            parameter.Tensor.Name
        ));
    }

    public IReadOnlyList<OnnxPlace> Places { get; }

    public IReadOnlyList<OnnxParameter> Parameters { get; }

    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }

    public long LeastMemory { get; private set; }

    public required double MultiplyAdds { get; init; }

    public required OnnxComposition Composition { get; init; }

    /// <summary>Number of segments.</summary>
    public int Segments => _segments.Count;

    /// <summary>Whether moments are computed in double precision: where any of the values is in double precision.</summary>
    private bool IsDouble { get; init; }

    /// <summary>Differentiates a graph, finds its places and parameters and loads it.</summary>
    public static PreparedNetwork Prepare(Graph graph, OnnxOptions options, long bytesOfSegment = UsualBytes)
    {
        InputValues.FixShapes(graph, options);
        Branches.Inline(graph, () => InputValues.Example(graph), options.Threads);
        OperatorUpgrade.Apply(graph);
        var types = Probe.Types(graph, () => InputValues.Example(graph), options.Threads);
        var parameters = ParameterSearch.Find(graph, types, options.Weights, options.Keep);
        var entries = NoiseEntry.Find(graph, types);
        if (entries.Count == 0)
        {
            throw new InvalidInputException(graph.Subject, "expected an input of real numbers, or of tokens for an embedding, so that noise can be added");
        }

        var seeds = entries.ToDictionary(entry => entry.Value, entry => graph.Fresh("noise"));
        var inputs = graph.Inputs.ConvertAll(input => NoiseEntry.Describe(graph, input, types));
        var (derivative, tangents) = Derivative.Differentiate(graph, types, seeds, new DerivativeOptions(options.BatchNorm, options.Noise));
        var remarks = OnnxRemarks.Write(graph, parameters, [.. entries.Select(entry => entry.Value)], tangents, options);
        var axes = ChannelAxes.Find(graph, types, tangents);
        var places = PlaceSearch.Find(graph, types, tangents, parameters, [.. entries.Select(entry => entry.Value)]);
        if (places.Count == 0)
        {
            throw new InvalidInputException(graph.Subject, "expected a network with layers that noise reaches, got one without");
        }

        var numbers = places.Select((place, number) => (place.Value, number)).ToDictionary(pair => pair.Value, pair => pair.number);
        var composition = NetworkRecognition.Recognise(
            graph,
            types,
            tangents,
            parameters,
            [.. entries.Select(entry => entry.Value)],
            numbers,
            options.BatchNorm
        );
        derivative.Inputs.AddRange(entries.Select(entry => GraphModel.Input(seeds[entry.Value], types[entry.Value].Element, types[entry.Value].Shape!)));
        GiveParameters(derivative, parameters, types);
        var prepared = new PreparedNetwork(derivative, options, places, parameters, entries, tangents, axes)
        {
            Inputs = inputs,
            Remarks = remarks,
            MultiplyAdds = Arithmetic.Count(graph, types, places.ConvertAll(place => place.Place), options),
            Composition = composition,
            IsDouble = entries.Select(entry => entry.Value).Concat(numbers.Keys).Any(value => types[value].Element == (int)DataType.Double),
        };
        try
        {
            prepared.Load(types, bytesOfSegment);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <summary>Runs a mapping.</summary>
    public OnnxMapping Run(ulong seed, uint simulation, Action<double>? progress, CancellationToken cancellation) =>
        IsDouble ? Run<double>(seed, simulation, progress, cancellation) : Run<float>(seed, simulation, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, session) in _segments)
        {
            session.Dispose();
        }
    }

    /// <summary>Removes parameters from the constants and makes them inputs.</summary>
    private static void GiveParameters(Graph graph, List<Parameter> parameters, Dictionary<string, TensorType> types)
    {
        var given = parameters.Select(parameter => parameter.Value).ToHashSet();
        graph.Nodes = [.. graph.Nodes.Where(node => node.OpType != "Identity" || !given.Contains(node.Output[0]))];
        foreach (var parameter in parameters)
        {
            graph.Constants.Remove(parameter.Value);
            graph.Inputs.Add(GraphModel.Input(parameter.Value, types[parameter.Value].Element, types[parameter.Value].Shape!));
        }
    }

    private void Load(Dictionary<string, TensorType> types, long bytesOfSegment)
    {
        var recorded = _places.SelectMany(place => new[] { place.Value, _tangents[place.Value] }).ToHashSet();
        var known = new Dictionary<string, TensorType>(types);
        foreach (var (value, tangent) in _tangents)
        {
            known[tangent] = types[value];
        }

        foreach (var place in _places)
        {
            if (types[place.Value].Count > int.MaxValue / 8)
            {
                throw new InvalidInputException(
                    _graph.Subject,
                    $"expected fewer than 2²⁸ elements at each place, got [{string.Join(", ", place.Place.Shape)}] at '{place.Place.Name}'; choose "
                        + "a smaller batch"
                );
            }
        }

        var segments = Onnx.Segments.Cut(_graph, recorded, name => known[name].Bytes, bytesOfSegment);
        LeastMemory = MemoryNeeded(segments, known);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (LeastMemory > available)
        {
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"expected a network that takes at most the available {available / 1e9:F1} GB of memory, but it takes at least "
                    + $"{LeastMemory / 1e9:F1} GB; choose a smaller batch"
            );
            throw new InvalidInputException(_graph.Subject, message);
        }

        AssignPlaces(segments);
        _crossing = Onnx.Segments.CrossingTypes(_graph, segments, known, _options.Threads);
        foreach (var segment in segments)
        {
            _segments.Add(
                (segment, Runtime.Load(Onnx.Segments.Model(_graph, segment, _crossing), _graph.Subject, _options.Threads, optimise: true, _options.Device))
            );
        }
    }

    /// <summary>Assigns places to segments. A tangent may be computed in a later segment than its value, and several values may share it.</summary>
    private void AssignPlaces(List<Segment> segments)
    {
        var source = segments.SelectMany((segment, i) => segment.Outputs.Select(name => (name, i))).ToDictionary(pair => pair.name, pair => pair.i);
        _placesAfter.AddRange(segments.Select(_ => new List<int>()));
        for (var number = 0; number < _places.Count; number++)
        {
            var value = _places[number].Value;
            _placesAfter[Math.Max(source[value], source.GetValueOrDefault(_tangents[value]))].Add(number);
        }
    }

    /// <summary>Bytes of constants, and of the inputs and outputs of the segment that needs most.</summary>
    private long MemoryNeeded(List<Segment> segments, Dictionary<string, TensorType> known)
    {
        long Sum(IEnumerable<string> names) => names.Sum(name => known.TryGetValue(name, out var type) ? type.Bytes : 0);
        return Sum(_graph.Constants.Keys)
            + Sum(_parameters.Select(parameter => parameter.Value))
            + segments
                .Select(segment => Sum(segment.Inputs.Except(_parameters.Select(parameter => parameter.Value))) + Sum(segment.Outputs))
                .DefaultIfEmpty(0)
                .Max();
    }

    private OnnxMapping Run<T>(ulong seed, uint simulation, Action<double>? progress, CancellationToken cancellation)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var values = new LiveValues(_segments.ConvertAll(pair => pair.Segment), _placesAfter.ConvertAll(ValuesAt));
        using var moments = new PlaceMoments<T>(_options);
        var results = new MomentSet?[_places.Count];
        var byValue = _places.Select((place, number) => (place.Value, number)).ToDictionary(pair => pair.Value, pair => pair.number);
        var source = new MappingSource(_options, _parameters, _entries, _tangents, Inputs, seed, simulation);
        var finite = new HashSet<string>();
        var (isFinite, origin) = (true, (string?)null);
        for (var i = 0; i < _segments.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (segment, session) = _segments[i];
            Provide(segment.Inputs);

            var outputs = Runtime.Run(session, _graph.Subject, segment.Inputs, [.. segment.Inputs.Select(values.Get)], segment.Outputs);
            foreach (var (name, value) in segment.Outputs.Zip(outputs))
            {
                values.Add(name, value);
            }

            foreach (var (place, value) in _placesAfter[i].Select(number => _places[number]))
            {
                Provide([_tangents[value]]);
                var (signal, noise) = (values.Get(value), values.Get(_tangents[value]));
                RequireShape(signal, place);
                results[byValue[value]] = moments.Compute(Elements<T>(signal), Elements<T>(noise), place.Shape, place.ChannelAxis);
                if (isFinite && results[byValue[value]] is null)
                {
                    isFinite = false;
                    origin = NotFiniteOrigin.Find(_graph, segment, value, _tangents[value], finite, _crossing, values.Get, _options.Threads);
                }

                finite.UnionWith([value, _tangents[value]]);
            }

            values.EndSegment(i);
            progress?.Invoke((i + 1.0) / _segments.Count);
        }

        // After the first place that is not finite, later results are dropped: a result that is finite by chance (a comparison with a NaN) has no meaning.
        results.AsSpan(results.TakeWhile(result => result is not null).Count()).Clear();
        return new OnnxMapping(Mu2OfEntries(source, moments, results, byValue), results) { IsNotANumber = moments.HasMetNotANumber, NotFiniteNode = origin };

        void Provide(IEnumerable<string> names)
        {
            foreach (var name in names.Where(name => !values.Has(name)))
            {
                values.Add(
                    name,
                    source.Value(_graph.Inputs.Find(input => input.Name == name) ?? throw new InvalidOperationException($"nothing gives '{name}'"))
                );
            }
        }
    }

    /// <summary>The elements of a value, which is in single precision where another one of the network is in double precision.</summary>
    private static ReadOnlySpan<T> Elements<T>(OrtValue value)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(double) && value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float
            ? Array.ConvertAll(value.GetTensorDataAsSpan<float>().ToArray(), T.CreateChecked)
            : value.GetTensorDataAsSpan<T>();

    private void RequireShape(OrtValue signal, OnnxPlace place)
    {
        var shape = signal.GetTensorTypeAndShape().Shape;
        if (!shape.AsSpan().SequenceEqual([.. place.Shape]))
        {
            throw new InvalidInputException(
                _graph.Subject,
                $"expected values whose shapes do not depend on the elements of the input, got [{string.Join(", ", shape)}] at '{place.Name}' and "
                    + $"[{string.Join(", ", place.Shape)}] for another input"
            );
        }
    }

    /// <summary>The values of signal and noise at some places.</summary>
    private IReadOnlyList<string> ValuesAt(List<int> numbers) =>
        [.. numbers.Select(number => _places[number].Value).SelectMany(value => new[] { value, _tangents[value] })];

    private double Mu2OfEntries<T>(MappingSource source, PlaceMoments<T> moments, MomentSet?[] results, Dictionary<string, int> byValue)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var (sum, count) = (0.0, 0.0);
        foreach (var entry in _entries)
        {
            double variance;
            if (byValue.TryGetValue(entry.Value, out var place))
            {
                variance = results[place]?.Mu2Signal ?? double.NaN;
            }
            else
            {
                using var value = source.Value(_graph.Inputs.Find(input => input.Name == entry.Value)!);
                var signal = Elements<T>(value);
                variance = moments.Compute(signal, signal, entry.Shape, _axes[entry.Value], ranks: false)?.Mu2Signal ?? double.NaN;
            }

            var elements = entry.Shape.Aggregate(1.0, (product, length) => product * length);
            (sum, count) = (sum + (variance * elements), count + elements);
        }

        return sum / count;
    }
}
