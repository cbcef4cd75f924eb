using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Max pooling: the largest signal of each window, and the noise at the same feature.</summary>
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
                    // Of equal signals the first one is taken.
                    if (input.Signal[i] > input.Signal[largest])
                    {
                        largest = i;
                    }
                }

                return (input.Signal[largest], input.Noise[largest]);
            }
        );
}
