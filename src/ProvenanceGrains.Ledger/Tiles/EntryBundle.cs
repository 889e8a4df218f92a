using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Tiles;

/// <summary>The content of an entry bundle: entries, each with a 16-bit big-endian length (C2SP tlog-tiles, Log entries).</summary>
public static class EntryBundle
{
    /// <summary>The longest entry, in bytes.</summary>
    public const int MaxEntryBytes = ushort.MaxValue;

    /// <summary>Writes one entry.</summary>
    /// <param name="entry">At most <see cref="MaxEntryBytes"/>.</param>
    /// <param name="destination">At least two bytes more than the entry.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteEntry(ReadOnlySpan<byte> entry, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)entry.Length));
        entry.CopyTo(destination[2..]);
        return 2 + entry.Length;
    }

    /// <summary>Reads a bundle; each entry is a slice of it.</summary>
    /// <param name="bundle">The content, nothing left over.</param>
    /// <param name="width">The number of entries that its path says, 1 to 256.</param>
    /// <param name="entries">The entries in order.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bundle,
        int width,
        [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries,
        [NotNullWhen(false)] out string? error)
    {
        entries = null;
        if (width is < 1 or > TilePath.FullWidth)
        {
            error = $"A bundle has 1 to {TilePath.FullWidth} entries, not {width}.";
            return false;
        }

        var found = new List<ReadOnlyMemory<byte>>(width);
        var at = 0;
        while (at < bundle.Length)
        {
            var rest = bundle.Length - at;
            var length = rest < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[at..]);
            if (rest < 2 + length)
            {
                error = $"The bundle is cut short at byte {at}, within entry {found.Count}.";
                return false;
            }

            if (found.Count == width)
            {
                error = $"The bundle holds more than {width} entries: byte {at} is one too many.";
                return false;
            }

            found.Add(bundle.Slice(at + 2, length));
            at += 2 + length;
        }

        if (found.Count != width)
        {
            error = $"The bundle holds {found.Count} entries, not {width}.";
            return false;
        }

        entries = found;
        error = null;
        return true;
    }
}
