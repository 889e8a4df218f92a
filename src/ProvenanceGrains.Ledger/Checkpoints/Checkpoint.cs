using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Checkpoints;

/// <summary>What a log signs: its origin, size and root hash (C2SP tlog-checkpoint, Note text).</summary>
public sealed class Checkpoint
{
    /// <summary>The most extension lines.</summary>
    public const int MaxExtensions = 64;

    /// <summary>The longest text, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private Checkpoint(string origin, long size, Hash256 root, IReadOnlyList<string> extensions)
    {
        Origin = origin;
        Size = size;
        Root = root;
        Extensions = extensions;
    }

    /// <summary>The log's name.</summary>
    public string Origin { get; }

    /// <summary>The number of leaves: 0 to 2^63 - 1.</summary>
    public long Size { get; }

    /// <summary>The root hash.</summary>
    public Hash256 Root { get; }

    /// <summary>Extension lines, without their newlines; each has at least one character. Opaque.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>Makes a checkpoint without extension lines.</summary>
    /// <exception cref="ArgumentException">The origin is empty or holds a control character, or the size is negative.</exception>
    public static Checkpoint Create(string origin, long size, Hash256 root)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (!StrictText.IsNoteText(Encoding.UTF8.GetBytes(origin)) || origin.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("An origin is one line without control characters.", nameof(origin));
        }

        return new Checkpoint(origin, size, root, []);
    }

    /// <summary>Reads a note text; strict.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> text, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? error)
    {
        checkpoint = null;
        var rest = text;
        if (text.Length > MaxBytes || !StrictText.IsNoteText(text) || text.IsEmpty || text[^1] != '\n')
        {
            error = $"A checkpoint is UTF-8 text of at most {MaxBytes} bytes without control characters, ended by a newline.";
            return false;
        }

        if (!StrictText.TryTakeLine(ref rest, out var origin)
            || !StrictText.TryTakeLine(ref rest, out var size)
            || !StrictText.TryTakeLine(ref rest, out var root))
        {
            error = "A checkpoint has at least three lines: origin, size and root hash.";
            return false;
        }

        error = origin.IsEmpty ? "The checkpoint's origin is empty." : null;
        if (!StrictText.TryParseDecimal(size, out var leaves))
        {
            error ??= "The checkpoint's size is not a decimal number without leading zeroes.";
        }

        if (!StrictText.TryDecodeHash(root, canonical: false, out var hash))
        {
            error ??= "The checkpoint's root hash is not base64 of 32 bytes.";
        }

        var extensions = new List<string>();
        while (error is null && StrictText.TryTakeLine(ref rest, out var line))
        {
            error = line.IsEmpty ? "An extension line of the checkpoint is empty."
                : extensions.Count == MaxExtensions ? $"The checkpoint has more than {MaxExtensions} extension lines."
                : null;
            extensions.Add(StrictText.ToText(line));
        }

        checkpoint = error is null ? new Checkpoint(StrictText.ToText(origin), leaves, hash, extensions) : null;
        return error is null;
    }

    /// <summary>Reads a log's signed checkpoint.</summary>
    /// <param name="note">The note's bytes.</param>
    /// <param name="key">The log's verifier key; its name is the log's origin.</param>
    /// <param name="checkpoint">What the log has signed, when the answer is true.</param>
    /// <param name="error">When it is false: the note is malformed, the key has not signed it, it is no checkpoint, or another origin's.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> note,
        VerifierKey key,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? error)
    {
        checkpoint = null;
        return SignedNote.TryParse(note, out var parsed, out error) && TryOpen(parsed, key, out checkpoint, out error);
    }

    /// <inheritdoc cref="TryOpen(ReadOnlySpan{byte}, VerifierKey, out Checkpoint, out string)"/>
    public static bool TryOpen(
        SignedNote note,
        VerifierKey key,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(key);
        checkpoint = null;
        if (!OpenedNote.TryOpen(note, [key], out _, out error) || !TryParse(note.Text, out var parsed, out error))
        {
            return false;
        }

        error = parsed.Origin == key.Name ? null : $"The checkpoint is of '{parsed.Origin}', the key of '{key.Name}'.";
        checkpoint = error is null ? parsed : null;
        return error is null;
    }

    /// <summary>The note text.</summary>
    public byte[] ToArray() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Origin).Append('\n');
        text.Append(Size.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append(Root.ToBase64()).Append('\n');
        foreach (var line in Extensions)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Signs the checkpoint as a log does.</summary>
    public SignedNote Sign(SignerKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var text = ToArray();
        return SignedNote.Create(text, [key.Sign(text)]);
    }
}
