using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Sealing.Incarnations;

/// <summary>Puts the link to the old log into the new one, as an entry like any other: then the log's own tree commits to it.</summary>
public static class IncarnationEntry
{
    /// <summary>Appends the entry if the log has an incarnation note and no entry for it yet. A crash before it is repaired by the next start.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="key">The log's key.</param>
    /// <param name="writer">Takes the entry.</param>
    /// <param name="reader">Tells whether it is there.</param>
    /// <param name="indexes">The log's index function.</param>
    /// <param name="nowMs">Record time: milliseconds since the epoch.</param>
    /// <param name="random">Gives so many random bytes: the salts and the unit's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException"><c>log/incarnation</c> is not a link to this log.</exception>
    public static async Task AppendAsync(
        string dataFolder,
        VerifierKey key,
        IJournalWriter writer,
        IJournalReader reader,
        IEntityIndexFunction indexes,
        long nowMs,
        Func<int, byte[]> random,
        CancellationToken cancellation)
    {
        var path = Path.Combine(dataFolder, "log", "incarnation");
        if (!File.Exists(path))
        {
            return;
        }

        var note = await File.ReadAllBytesAsync(path, cancellation);
        if (!IncarnationLink.TryOpen(note, key, out var link, out var error) || link.NewOrigin != key.Name)
        {
            throw new InvalidDataException($"log/incarnation: {error ?? $"it is of {link!.NewOrigin}, not of {key.Name}."}");
        }

        if ((await reader.GetHeadAsync(link.Entity, cancellation)).Length == 0)
        {
            await writer.AppendAsync(Unit(link, note, key, indexes.Compute(link.Entity), nowMs, random), null, cancellation);
        }
    }

    private static CommitUnit Unit(
        IncarnationLink link, byte[] note, VerifierKey key, EntityIndex index, long nowMs, Func<int, byte[]> random)
    {
        var id = random(16);
        var author = new SaltedBytes(NewSalt(), Payload.EncodeAuthor(key.NameAndId, ""));
        var matter = new SaltedBytes(NewSalt(), note);
        var entry = new UnitEntry(link.Entity, default, NewSalt(), NewSalt(), IncarnationLink.EntryType, "", 0);
        var commitment = UnitCheck.CommitmentOf(
            entry,
            Payload.GroupDigest(FieldGroup.Author, author.Salt, author.Bytes.Span),
            Payload.GroupDigest(FieldGroup.Content, matter.Salt, matter.Bytes.Span));
        return new CommitUnit
        {
            Id = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id),
            TimeMs = nowMs,
            Author = author,
            Matters = [matter],
            Entries = [entry with { Header = new EntryHeader(index, 0, Hash256.Zero, nowMs, commitment) }],
            Claims = [],
            Note = ReadOnlyMemory<byte>.Empty,
        };

        Salt NewSalt() => Salt.FromBytes(random(Salt.Size));
    }
}
