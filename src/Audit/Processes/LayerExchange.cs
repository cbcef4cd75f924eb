using System.Globalization;
using System.Text.Json.Nodes;

namespace Wellbehaved.Audit;

/// <summary>The two files of one request of protocol 2.</summary>
/// <param name="Input">Path of the input archive.</param>
/// <param name="Output">Path of the output archive.</param>
/// <param name="Question">The question.</param>
internal sealed record LayerExchange(string Input, string Output, LayerQuestion Question)
{
    private Dictionary<string, int[]> Expected
    {
        get
        {
            var expected = new Dictionary<string, int[]>();
            foreach (var place in Question.Tensors ? Question.Places : [])
            {
                var shape = Question.Network.Shapes[place];
                foreach (var name in new[] { "signal", "noise" })
                {
                    expected[Name(name, place)] = [Question.Inputs.Count, Question.Images, shape.Height, shape.Width, shape.Channels];
                }
            }

            foreach (var moment in Question.Moments)
            {
                expected[moment] = [Question.Inputs.Count, Question.Places.Count];
            }

            return expected;
        }
    }

    /// <summary>The request as JSON.</summary>
    public JsonObject Request()
    {
        var isGiven = Question.Parameters is not null;
        var request = new JsonObject
        {
            ["request"] = isGiven ? "propagate" : "simulate",
            ["network"] = Question.Network.ToJson(),
            ["noise"] = Question.Noise,
        };
        if (!isGiven)
        {
            request["seed"] = Protocol.SeedToAsk(Question.First.Seed);
            request["first"] = Question.First.Simulation;
            request["simulations"] = Question.Inputs.Count;
        }

        request["input"] = Input;
        request["places"] = new JsonArray([.. Question.Places.Select(place => (JsonNode)place)]);
        request["tensors"] = Question.Tensors;
        request["moments"] = Question.Moments.Count > 0;
        request["output"] = Output;
        return request;
    }

    /// <summary>
    /// Writes the input: <c>signal</c> and <c>noise</c> of shape (simulations, images, height, width, channels), and given parameters as <c>parameter_0</c>, ….
    /// </summary>
    public void Write()
    {
        var shape = Question.Network.Input;
        NpzArchive.Write(
            Input,
            [
                KeyValuePair.Create("signal", Stack([.. Question.Inputs.SelectMany(input => input.Signal)])),
                KeyValuePair.Create("noise", Stack([.. Question.Inputs.SelectMany(input => input.Noise)])),
                .. (Question.Parameters ?? []).Select(
                    (parameter, i) => KeyValuePair.Create(Name("parameter", i), NpyArray.From(parameter.Values, parameter.Shape))
                ),
            ]
        );

        NpyArray Stack(double[] values) => NpyArray.From(values, Question.Inputs.Count, Question.Images, shape.Height, shape.Width, shape.Channels);
    }

    /// <summary>Reads the output.</summary>
    /// <param name="observe">Called for each place of each simulation, in order.</param>
    /// <exception cref="AdapterException">The file is missing, damaged or too large, or holds other arrays or shapes than expected.</exception>
    public void Read(Action<LayerAnswer> observe)
    {
        var arrays = OutputArrays.Read(Output, Expected);
        for (var simulation = 0; simulation < Question.Inputs.Count; simulation++)
        {
            for (var i = 0; i < Question.Places.Count; i++)
            {
                var row = (simulation * Question.Places.Count) + i;
                observe(new(simulation, Question.Places[i], Slice("signal", simulation, i), Slice("noise", simulation, i), () => MomentsOf(row)));
            }
        }

        ReportedMoments MomentsOf(int row) => ReportedMoments.Read(name => arrays.TryGetValue(name, out var values) ? values[row] : double.NaN);

        double[] Slice(string name, int simulation, int i)
        {
            if (!Question.Tensors)
            {
                return [];
            }

            var place = Question.Places[i];
            var length = checked((int)(Question.Images * Question.Network.Shapes[place].Features));
            return arrays[Name(name, place)][(simulation * length)..((simulation + 1) * length)];
        }
    }

    /// <summary>Checks the size of the output file, while the subject may still be writing it.</summary>
    public string? Excess() => OutputArrays.Excess(Output, Expected);

    /// <summary>Removes both files.</summary>
    /// <returns>A message about files that are still there, with the reason; null if there are none.</returns>
    public string? Remove() => ExchangeFolder.RemoveAll(Input, Output);

    private static string Name(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
}
