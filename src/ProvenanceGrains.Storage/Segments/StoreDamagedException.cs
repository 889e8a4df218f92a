namespace ProvenanceGrains.Storage.Segments;

/// <summary>The data folder does not hold what was written to it. Nothing was changed; a person has to look.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where in it the damage begins, in bytes.</param>
/// <param name="detail">What is wrong there.</param>
public sealed class StoreDamagedException(string file, long offset, string detail)
    : IOException($"{file} is damaged at offset {offset}: {detail}")
{
    public string File { get; } = file;

    /// <summary>In bytes.</summary>
    public long Offset { get; } = offset;
}
