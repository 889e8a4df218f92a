using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Incarnations;

/// <summary>
/// What joins a log that was set back to the one it goes on from: the text of the note <c>log/incarnation</c> (docs/formats.md). The one
/// key signs it under both names, so whoever trusts the old log's key can go over to the new one.
/// </summary>
/// <param name="NewOrigin">The origin of the log that carries the note.</param>
/// <param name="OldOrigin">The origin of the one before.</param>
/// <param name="OldSize">Leaves of the one before, as far as was known.</param>
/// <param name="OldRoot">Its root at that size.</param>
public sealed record IncarnationLink(string NewOrigin, string OldOrigin, long OldSize, Hash256 OldRoot)
{
    /// <summary>The text's first line.</summary>
    public const string Format = "provenancegrains-incarnation/v1";

    /// <summary>The entity kind of the journal that holds the note in the new log; its key is the new origin.</summary>
    public const string EntityKind = "log";

    /// <summary>The entry type of the entry that holds it.</summary>
    public const string EntryType = "log.incarnation";

    /// <summary>The longest note, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The journal that holds the note.</summary>
    public EntityId Entity => EntityId.Create(EntityKind, NewOrigin);

    /// <summary>Signs the link.</summary>
    /// <param name="newKey">The key under the new origin.</param>
    /// <param name="oldKey">The same key under the old one.</param>
    public SignedNote Sign(SignerKey newKey, SignerKey oldKey)
    {
        ArgumentNullException.ThrowIfNull(newKey);
        ArgumentNullException.ThrowIfNull(oldKey);
        var text = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Format}\n{NewOrigin}\n{OldOrigin}\n{OldSize}\n{OldRoot.ToBase64()}\n"));
        return SignedNote.Create(text, [newKey.Sign(text), oldKey.Sign(text)]);
    }

    /// <summary>Whether a file is such a note; then it is read as one, and refused as one.</summary>
    public static bool IsLink(ReadOnlySpan<byte> file) => file.StartsWith("provenancegrains-incarnation/"u8);

    /// <summary>Reads the note and checks both signatures.</summary>
    /// <param name="note">The file.</param>
    /// <param name="key">The log's key under the new or the old origin: it is trusted, the other follows from it.</param>
    /// <param name="link">What it says.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> note, VerifierKey key, [NotNullWhen(true)] out IncarnationLink? link, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(key);
        link = null;
        if (note.Length > MaxBytes)
        {
            error = $"An incarnation note has at most {MaxBytes} bytes, not {note.Length}.";
            return false;
        }

        if (!SignedNote.TryParse(note, out var signed, out error) || !TryParse(signed.Text, out var read, out error))
        {
            return false;
        }

        if (key.Name != read.NewOrigin && key.Name != read.OldOrigin)
        {
            error = $"The incarnation note joins '{read.NewOrigin}' and '{read.OldOrigin}'; the key is of '{key.Name}'.";
            return false;
        }

        VerifierKey[] keys = [Renamed(key, read.NewOrigin), Renamed(key, read.OldOrigin)];
        if (!OpenedNote.TryOpen(signed, keys, out var opened, out error))
        {
            return false;
        }

        error = opened.Verified.Select(signature => signature.Key.Name).Distinct(StringComparer.Ordinal).Count() == keys.Length
            ? null : "The incarnation note is not signed under both names.";
        link = error is null ? read : null;
        return error is null;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IncarnationLink? link, [NotNullWhen(false)] out string? error)
    {
        link = null;
        error = "An incarnation note has five lines: format, new origin, old origin, old size and old root.";
        if (!StrictText.TryTakeLine(ref text, out var format)
            || !StrictText.TryTakeLine(ref text, out var newOrigin)
            || !StrictText.TryTakeLine(ref text, out var oldOrigin)
            || !StrictText.TryTakeLine(ref text, out var size)
            || !StrictText.TryTakeLine(ref text, out var root)
            || !text.IsEmpty)
        {
            return false;
        }

        var (next, old) = (StrictText.ToText(newOrigin), StrictText.ToText(oldOrigin));
        error = !format.SequenceEqual("provenancegrains-incarnation/v1"u8) ? $"The note is not of format '{Format}'."
            : !NoteKeyName.IsValid(next) || !NoteKeyName.IsValid(old) ? "An origin of the incarnation note is no key name."
            : next != IncarnationName.Next(old) ? $"The incarnation after '{old}' is '{IncarnationName.Next(old)}', not '{next}'."
            : null;
        if (!StrictText.TryParseDecimal(size, out var leaves))
        {
            error ??= "The old size is not a decimal number without leading zeroes.";
        }

        if (!StrictText.TryDecodeHash(root, canonical: true, out var hash))
        {
            error ??= "The old root is not base64 of 32 bytes.";
        }

        link = error is null ? new IncarnationLink(next, old, leaves, hash) : null;
        return error is null;
    }

    private static VerifierKey Renamed(VerifierKey key, string name) =>
        key.Name == name ? key : VerifierKey.Create(name, key.Type, key.PublicKey);
}
