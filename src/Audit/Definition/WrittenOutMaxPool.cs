using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Max pooling: the largest signal of each window, and the noise that stands with it.</summary>
internal static class WrittenOutMaxPool
{
    public static WrittenOutFeatures Propagate(MaxPool layer, WrittenOutFeatures input) =>
        WrittenOutWindows.Propagate(
            input,
            layer.Size,
            window =>
            {
                var largest = window[0];
                foreach (var i in window)
                {
                    // The first one among equals stays.
                    if (input.Signal[i] > input.Signal[largest])
                    {
                        largest = i;
                    }
                }

                return (input.Signal[largest], input.Noise[largest]);
            }
        );
}
