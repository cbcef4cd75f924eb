namespace Wellbehaved.Theory;

/// <summary>Second moments of noise at two points, which laws N2 and N3 need in addition to the kernel.</summary>
/// <param name="D12">E du dv.</param>
/// <param name="C11">E du u.</param>
/// <param name="C12">E du v.</param>
/// <param name="C21">E dv u.</param>
/// <param name="C22">E dv v.</param>
internal readonly record struct NoiseAtPair(double D12, double C11, double C12, double C21, double C22);
