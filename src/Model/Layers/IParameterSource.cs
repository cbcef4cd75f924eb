using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>A source of a mapping's weights, biases, masks and survivals.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IParameterSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Provides the parameters of one tensor; called in the order of <see cref="ParameterList"/>.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="values">Receives its numbers, in the order of <see cref="ParameterTensor"/>; a mask by point has a row of channels for each point.</param>
    void Fill(ParameterTensor tensor, Span<T> values);
}
