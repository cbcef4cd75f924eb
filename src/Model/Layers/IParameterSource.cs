using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Where a mapping takes its weights, biases, masks and survivals from.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IParameterSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Provides the parameters of one tensor; called in the order of <see cref="ParameterList"/>.</summary>
    /// <param name="tensor">What they are.</param>
    /// <param name="values">Receives them, in the order that <see cref="ParameterTensor"/> says; a mask by point has a row of channels for each point.</param>
    void Fill(ParameterTensor tensor, Span<T> values);
}
