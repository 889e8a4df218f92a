using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Storage;

/// <summary>The faces of one open store.</summary>
/// <param name="Writer">Appends.</param>
/// <param name="Reader">Reads.</param>
/// <param name="Index">Queries.</param>
/// <param name="CloseAsync">Closes it in good order.</param>
public sealed record OpenStore(
    IJournalWriter Writer, IJournalReader Reader, IMatterIndex Index, Func<ValueTask> CloseAsync);
