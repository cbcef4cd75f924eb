namespace Wellbehaved.Model;

/// <summary>
/// Marks layers that leave the current signal and noise as they are and write elsewhere, or write nothing: they may read the input of a network.
/// </summary>
internal interface ISparesInput;
