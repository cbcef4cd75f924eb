namespace Wellbehaved.Model;

/// <summary>
/// Marks layers that do not change the current signal and noise, because they write to another buffer or not at all. They may read the input of a network.
/// </summary>
internal interface ISparesInput;
