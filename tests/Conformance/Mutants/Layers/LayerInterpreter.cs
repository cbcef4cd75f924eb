using System.Runtime.Intrinsics;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// An implementation of described networks as a stranger writes one: layer after layer, by its rules, in double precision that is rounded to single after each
/// layer. Of the four architectures it does what the reference does.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="rules">Its rules.</param>
internal class LayerInterpreter(string name, LayerRules rules) : ReferenceSubject
{
    public override SubjectDescription Description { get; } = new(name) { NetworkOffer = NetworkOffer.Everything };

    public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
    {
        var shape = input.Shape;
        var start = new Tensor(shape.Images, shape.Height, shape.Width, shape.Channels, input.Signal, input.Noise).InSingle();
        new Walk(network, noise, weights, rules, observe).Start(start);
    }

    public override void Measure(
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        Func<int, bool> wants,
        Action<int, int, ReportedMoments> observe
    )
    {
        foreach (var (index, propagation) in propagations.Index())
        {
            Propagate(
                network,
                noise,
                propagation.Weights,
                propagation.Input,
                snapshot =>
                {
                    if (wants(snapshot.Index))
                    {
                        observe(index, snapshot.Index, snapshot.Moments());
                    }
                }
            );
        }
    }

    /// <summary>One propagation.</summary>
    private sealed class Walk(Network network, NoiseKind noise, Weights weights, LayerRules rules, Action<NetworkSnapshot> observe)
    {
        private readonly ParameterTensor[] _tensors = [.. ParameterList.Enumerate(network)];
        private int _place;
        private int _parameter;

        public void Start(Tensor input) => Stack(network.Layers, input, (0, 1));

        private Tensor Stack(Networks.Layers layers, Tensor state, (int Unit, int Units) stack)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat when repeat.Unit.Any(inner => inner is Repeat):
                        for (var i = 0; i < repeat.Times; i++)
                        {
                            state = Stack(repeat.Unit, state, (i, repeat.Times));
                        }

                        break;
                    case Repeat repeat:
                        for (var i = 0; i < repeat.Times; i++)
                        {
                            state = Unit(repeat.Unit, Show(state), (i, repeat.Times), shown: true);
                        }

                        break;
                    case Residual:
                        state = Unit([layer], Show(state), stack, shown: true);
                        break;
                    default:
                        state = Unit([layer], state, stack, shown: true);
                        break;
                }
            }

            return state;
        }

        private Tensor Unit(Networks.Layers layers, Tensor state, (int Unit, int Units) stack, bool shown)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var i = 0; i < repeat.Times; i++)
                        {
                            state = Unit(repeat.Unit, state, (i, repeat.Times), shown && i == 0);
                        }

                        break;
                    case Residual residual:
                        state = Add(residual, state, stack, shown);
                        break;
                    default:
                        state = Applied(layer, state).InSingle();
                        state = shown && layer is not Networks.Flatten ? Show(state) : state;
                        break;
                }
            }

            return state;
        }

        private Tensor Add(Residual layer, Tensor input, (int Unit, int Units) stack, bool shown)
        {
            var survival = layer.Survival < 1 ? Take(1)[0] : 1;
            var branch = Unit(layer.Branch, input, stack, shown);
            if (shown && network.Places[_place].Kind == Networks.PlaceKind.BranchEnd)
            {
                branch = Show(branch);
            }

            var skip = rules.Join(layer, input, Unit(layer.Skip, input, stack, shown));
            var (alpha, gamma) = rules.Scales(layer, stack.Unit, stack.Units);
            var sum = Tensor.Zero(branch.Images, branch.Height, branch.Width, branch.Channels);
            for (var i = 0; i < sum.Signal.Length; i++)
            {
                sum.Signal[i] = rules.Sum(gamma * skip.Signal[i], alpha * rules.Survival(layer, survival, false) * branch.Signal[i], false);
                sum.Noise[i] = rules.Sum(gamma * skip.Noise[i], alpha * rules.Survival(layer, survival, true) * branch.Noise[i], true);
            }

            return shown ? Show(sum.InSingle()) : sum.InSingle();
        }

        private Tensor Applied(Layer layer, Tensor input)
        {
            if (rules.SignalOfNoise is not { } other || weights is not Weights.Own)
            {
                return Apply(layer, input);
            }

            var first = _parameter;
            var signal = Apply(layer, input).Signal;
            _parameter = first;
            return Apply(layer, input with { Signal = other(layer, input) }) with { Signal = signal };
        }

        private Tensor Apply(Layer layer, Tensor input) =>
            layer switch
            {
                Networks.Convolution convolution => Convolve(convolution, input),
                Dense dense => Dense(input, dense.Channels ?? input.Channels, dense, dense.Parameters),
                Attention attention => Attend(attention, input),
                Activation activation => rules.AfterActivation(
                    input.Map((x, dx) => (rules.Value(activation.Function, x), rules.Derivative(activation.Function, x) * dx))
                ),
                Norm norm => Normalise(norm, input),
                Networks.Scaling scaling => input.Map((x, dx) => (rules.Factor(scaling, false) * x, rules.Factor(scaling, true) * dx)),
                Pooling pooling => Pool(pooling, input, rules.Window(pooling, input.Height), rules.Window(pooling, input.Width)),
                GlobalAveragePool => Pool(layer, input, input.Height, input.Width),
                Networks.Flatten => rules.Flatten(input),
                Networks.Dropout dropout => Drop(dropout, input),
                _ => throw new UnknownLayerException(layer),
            };

        private Tensor Convolve(Networks.Convolution layer, Tensor input)
        {
            var outputs = layer.Channels ?? input.Channels;
            var groups = rules.Groups(layer, input.Channels);
            var perGroup = input.Channels / groups;
            var (index, weights) = (_parameter, Take(layer.Kernel * layer.Kernel * (input.Channels / layer.GroupsOf(input.Channels)) * outputs));
            var ofNoise = rules.WeightsOfNoise?.Invoke(_tensors[index], weights) ?? weights;
            var biases = layer.Parameters.BiasVariance > 0 ? Take(outputs) : new double[outputs];
            var result = Tensor.Zero(input.Images, ((input.Height - 1) / layer.Stride) + 1, ((input.Width - 1) / layer.Stride) + 1, outputs);
            var channels = input.Channels / layer.GroupsOf(input.Channels);
            var read = Math.Min(channels, perGroup);
            int[] groupOf = [.. Enumerable.Range(0, outputs).Select(output => rules.GroupOfOutput(output, outputs, groups))];
            int[][] readBy =
            [
                .. Enumerable
                    .Range(0, groups)
                    .Select(group => Enumerable.Range(0, read).Select(channel => rules.InputOfGroup(group, channel, perGroup, groups)).ToArray()),
            ];
            var (gain, gainOfNoise) = (rules.Gain(layer, false), rules.Gain(layer, true));
            var (signal, noise) = (Operands(layer, input.Signal), Operands(layer, input.Noise));
            var (chosen, chosenOfNoise) = (ByOutput(Operands(layer, weights), outputs), ByOutput(Operands(layer, ofNoise), outputs));
            for (var row = 0; row < result.Height; row++)
            {
                for (var column = 0; column < result.Width; column++)
                {
                    var taps = TapsAt(layer, input, channels, row, column);
                    for (var image = 0; image < result.Images; image++)
                    {
                        for (var output = 0; output < outputs; output++)
                        {
                            var (y, dy, inputs) = (0.0, 0.0, readBy[groupOf[output]]);
                            foreach (var (tap, tapOfNoise, i, j) in taps)
                            {
                                var first = input.At(image, i, j, 0);
                                var of = chosen[output].AsSpan(tap);
                                var ofTheNoise = chosenOfNoise[output].AsSpan(tapOfNoise);
                                for (var channel = 0; channel < inputs.Length; channel++)
                                {
                                    var source = first + inputs[channel];
                                    y += of[channel] * signal[source];
                                    dy += ofTheNoise[channel] * noise[source];
                                }
                            }

                            var at = result.At(image, row, column, output);
                            result.Signal[at] = rules.SumOfProducts(layer, (gain * y) + rules.Bias(biases[output], false));
                            result.Noise[at] = rules.SumOfProducts(layer, (gainOfNoise * dy) + rules.Bias(biases[output], true));
                        }
                    }
                }
            }

            return result;
        }

        private double[] Operands(Layer layer, double[] values) => Array.ConvertAll(values, value => rules.Operand(layer, value));

        /// <summary>Weights of shape (taps and channels, outputs), those of each output side by side.</summary>
        private static double[][] ByOutput(double[] weights, int outputs) =>
            [
                .. Enumerable
                    .Range(0, outputs)
                    .Select(output => Enumerable.Range(0, weights.Length / outputs).Select(i => weights[(i * outputs) + output]).ToArray()),
            ];

        /// <summary>What an output position reads: of each tap the first of its weights, for signal and noise, and the position.</summary>
        private List<(int Tap, int TapOfNoise, int Row, int Column)> TapsAt(Networks.Convolution layer, Tensor input, int channels, int row, int column)
        {
            var taps = new List<(int, int, int, int)>();
            for (var a = 0; a < layer.Kernel; a++)
            {
                for (var b = 0; b < layer.Kernel; b++)
                {
                    var i = rules.Source(
                        layer.Boundary,
                        rules.Centre(layer, row) - rules.PatchStart(layer) + (a * rules.Dilation(layer)),
                        input.Height,
                        input.Width
                    );
                    var j = rules.Source(
                        layer.Boundary,
                        rules.Centre(layer, column) - rules.PatchStart(layer) + (b * rules.Dilation(layer)),
                        input.Width,
                        input.Height
                    );
                    if (i is { } inRow && j is { } inColumn)
                    {
                        taps.Add((FirstWeight(rules.Tap(layer, false, (a, b))), FirstWeight(rules.Tap(layer, true, (a, b))), inRow, inColumn));
                    }
                }
            }

            return taps;

            int FirstWeight((int Row, int Column) place) => ((place.Row * layer.Kernel) + place.Column) * channels;
        }

        private Tensor Dense(Tensor input, int outputs, Layer layer, Initialisation parameters)
        {
            var (index, weights) = (_parameter, Take(input.Channels * outputs));
            var ofNoise = rules.WeightsOfNoise?.Invoke(_tensors[index], weights) ?? weights;
            var biases = parameters.BiasVariance > 0 ? Take(outputs) : new double[outputs];
            return Dense(input, outputs, layer, weights, ofNoise, biases);
        }

        private Tensor Dense(Tensor input, int outputs, Layer layer, double[] weights, double[] ofNoise, double[] biases)
        {
            var result = Tensor.Zero(input.Images, input.Height, input.Width, outputs);
            var (inputs, gain, gainOfNoise) = (input.Channels, rules.Gain(layer, false), rules.Gain(layer, true));
            var (chosen, chosenOfNoise) = (new double[inputs], new double[inputs]);
            var (signal, noise) = (Operands(layer, input.Signal), Operands(layer, input.Noise));
            for (var output = 0; output < outputs; output++)
            {
                for (var channel = 0; channel < inputs; channel++)
                {
                    chosen[channel] = rules.Operand(layer, rules.DenseWeight(weights, channel, output, inputs, outputs));
                    chosenOfNoise[channel] = rules.Operand(layer, rules.DenseWeight(ofNoise, channel, output, inputs, outputs));
                }

                var (bias, biasOfNoise) = (rules.Bias(biases[output], false), rules.Bias(biases[output], true));
                for (var point = 0; point < input.Points; point++)
                {
                    var (y, dy) = (Dot(chosen, signal.AsSpan(point * inputs, inputs)), Dot(chosenOfNoise, noise.AsSpan(point * inputs, inputs)));
                    result.Signal[(point * outputs) + output] = rules.SumOfProducts(layer, (gain * y) + bias);
                    result.Noise[(point * outputs) + output] = rules.SumOfProducts(layer, (gainOfNoise * dy) + biasOfNoise);
                }
            }

            return result;
        }

        /// <summary>The dot product, in sixteen sums, so that no addition waits for the one before.</summary>
        private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
        {
            var (first, second, third, fourth) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            var i = 0;
            for (; i <= x.Length - 16; i += 16)
            {
                first += Four(x, i) * Four(y, i);
                second += Four(x, i + 4) * Four(y, i + 4);
                third += Four(x, i + 8) * Four(y, i + 8);
                fourth += Four(x, i + 12) * Four(y, i + 12);
            }

            var sum = Vector256.Sum(first + second + (third + fourth));
            for (; i < x.Length; i++)
            {
                sum += x[i] * y[i];
            }

            return sum;

            static Vector256<double> Four(ReadOnlySpan<double> numbers, int from) => Vector256.Create(numbers[from..]);
        }

        private Tensor Normalise(Norm norm, Tensor input)
        {
            var result = Tensor.Zero(input.Images, input.Height, input.Width, input.Channels);
            foreach (var set in rules.Sets(norm, input))
            {
                var (mean, meanNoise, squares, products) = (0.0, 0.0, 0.0, 0.0);
                if (rules.Centres(norm))
                {
                    foreach (var i in set)
                    {
                        mean += input.Signal[i];
                        meanNoise += input.Noise[i];
                    }

                    (mean, meanNoise) = (mean / set.Length, meanNoise / set.Length);
                }

                foreach (var i in set)
                {
                    squares += (input.Signal[i] - mean) * (input.Signal[i] - mean);
                    products += (input.Signal[i] - mean) * input.Noise[i];
                }

                var deviation = rules.Deviation(norm, squares / rules.Denominator(norm, set.Length));
                var along = products / deviation / set.Length;
                foreach (var i in set)
                {
                    var z = (input.Signal[i] - mean) / deviation;
                    var taken = rules.Holds(norm, noise) ? 0 : rules.TakenOff(norm, meanNoise, z, along);
                    (result.Signal[i], result.Noise[i]) = (rules.Scale(norm, false) * z, rules.Scale(norm, true) * (input.Noise[i] - taken) / deviation);
                }
            }

            return result;
        }

        private Tensor Pool(Layer layer, Tensor input, int rows, int columns)
        {
            var result = Tensor.Zero(input.Images, input.Height / rows, input.Width / columns, input.Channels);
            for (var image = 0; image < result.Images; image++)
            {
                for (var row = 0; row < result.Height; row++)
                {
                    for (var column = 0; column < result.Width; column++)
                    {
                        for (var channel = 0; channel < result.Channels; channel++)
                        {
                            int[] window =
                            [
                                .. from a in Enumerable.Range(row * rows, rows)
                                from b in Enumerable.Range(column * columns, columns)
                                select input.At(image, a, b, channel),
                            ];
                            var at = result.At(image, row, column, channel);
                            (result.Signal[at], result.Noise[at]) = rules.Pool(
                                layer,
                                [.. window.Select(i => input.Signal[i])],
                                [.. window.Select(i => input.Noise[i])]
                            );
                        }
                    }
                }
            }

            return result;
        }

        private Tensor Drop(Networks.Dropout layer, Tensor input)
        {
            var mask = Take(layer.Mask == DropoutMask.Shared ? input.Channels : input.Points * input.Channels);
            var result = Tensor.Zero(input.Images, input.Height, input.Width, input.Channels);
            for (var i = 0; i < result.Signal.Length; i++)
            {
                var (point, channel) = (i / input.Channels, i % input.Channels);
                result.Signal[i] = rules.Mask(layer, mask, point, channel, input.Channels, false) * input.Signal[i];
                result.Noise[i] = rules.Mask(layer, mask, point, channel, input.Channels, true) * input.Noise[i];
            }

            return result;
        }

        private Tensor Attend(Attention layer, Tensor input)
        {
            var projections = Enumerable
                .Range(0, 4)
                .Select(_ =>
                    (
                        Tensor: _tensors[_parameter],
                        Weights: Take(input.Channels * input.Channels),
                        Biases: layer.Parameters.BiasVariance > 0 ? Take(input.Channels) : new double[input.Channels]
                    )
                )
                .ToArray();
            var (queries, keys, values) = (Project(0, input), Project(1, input), Project(2, input));
            var attended = Tensor.Zero(input.Images, input.Height, input.Width, input.Channels);
            var width = input.Channels / layer.Heads;
            for (var image = 0; image < input.Images; image++)
            {
                for (var head = 0; head < layer.Heads; head++)
                {
                    for (var position = 0; position < input.Positions; position++)
                    {
                        AttendTo(image, head, position);
                    }
                }
            }

            return Project(3, attended);

            Tensor Project(int use, Tensor from)
            {
                var (tensor, weights, biases) = projections[rules.Projections[use]];
                return Dense(from, input.Channels, layer, weights, rules.WeightsOfNoise?.Invoke(tensor, weights) ?? weights, biases);
            }

            void AttendTo(int image, int head, int position)
            {
                var seen = rules.Seen(layer, position, input.Positions);
                var first = image * input.Positions;
                var (scores, scoreNoise) = (new double[seen], new double[seen]);
                for (var j = 0; j < seen; j++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        var channel = rules.ChannelOfHead(head, c, width, layer.Heads);
                        var (q, k) = (((first + position) * input.Channels) + channel, ((first + j) * input.Channels) + channel);
                        scores[j] += queries.Signal[q] * keys.Signal[k];
                        scoreNoise[j] += (queries.Noise[q] * keys.Signal[k]) + (queries.Signal[q] * keys.Noise[k]);
                    }

                    scores[j] /= rules.ScoreScale(width, input.Channels);
                    scoreNoise[j] /= rules.ScoreScale(width, input.Channels);
                }

                var largest = scores.Max();
                var sum = scores.Sum(score => Math.Exp(score - largest));
                double[] shares = [.. scores.Select(score => Math.Exp(score - largest) / sum)];
                var mean = shares.Zip(scoreNoise, (share, dx) => share * dx).Sum();
                for (var c = 0; c < width; c++)
                {
                    var channel = rules.ChannelOfHead(head, c, width, layer.Heads);
                    var at = ((first + position) * input.Channels) + channel;
                    for (var j = 0; j < seen; j++)
                    {
                        var v = ((first + j) * input.Channels) + channel;
                        attended.Signal[at] += shares[j] * values.Signal[v];
                        attended.Noise[at] += (rules.ShareNoise(shares[j], scoreNoise[j], mean) * values.Signal[v]) + (shares[j] * values.Noise[v]);
                    }
                }
            }
        }

        private double[] Take(int length)
        {
            var tensor = _tensors[_parameter++];
            return weights switch
            {
                Weights.Given given => [.. given.Kernels[_parameter - 1].Select(value => (double)(float)value)],
                Weights.Own own => [.. rules.Draw(tensor, length, own.Seed, own.Simulation).Select(value => (double)(float)value)],
                _ => throw new ArgumentException("expected given or own weights"),
            };
        }

        private Tensor Show(Tensor state)
        {
            var index = _place++;
            var shown = rules.NoiseAtPlace(index) is var factor && factor == 1 ? state : state.Map((x, dx) => (x, (float)(factor * dx)));
            var shape = new TensorShape(shown.Images, shown.Height, shown.Width, shown.Channels);
            observe(new NetworkSnapshot(index, network.Places[index], shape, shown.Signal, shown.Noise, () => rules.Moments(shape, shown.Signal, shown.Noise)));
            return shown;
        }
    }
}
