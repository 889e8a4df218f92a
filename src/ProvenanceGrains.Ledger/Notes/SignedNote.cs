using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>A signature line of a note.</summary>
/// <param name="KeyName">Name of the key that is said to have made it.</param>
/// <param name="KeyId">Id of that key.</param>
/// <param name="Signature">The signature itself, at least one byte, without the key id.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The line, newline included.</summary>
    public override string ToString()
    {
        var bytes = new byte[4 + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.Span.CopyTo(bytes.AsSpan(4));
        return $"\u2014 {KeyName} {Convert.ToBase64String(bytes)}\n";
    }
}

/// <summary>A note: text and signatures over it (C2SP signed-note, Format). Reading one verifies nothing.</summary>
public sealed class SignedNote
{
    /// <summary>The longest note, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The most signatures of a note.</summary>
    public const int MaxSignatures = 100;

    private readonly byte[] _text;

    private SignedNote(byte[] text, IReadOnlyList<NoteSignature> signatures)
    {
        _text = text;
        Signatures = signatures;
    }

    /// <summary>The signed text, final newline included.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>The signature lines in their order, at least one, exact repetitions included.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Joins a text and signatures.</summary>
    /// <exception cref="ArgumentException">The text has no final newline, holds control characters, or nothing is signed.</exception>
    public static SignedNote Create(ReadOnlySpan<byte> text, IReadOnlyList<NoteSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        if (text.IsEmpty || text[^1] != '\n' || !StrictText.IsNoteText(text))
        {
            throw new ArgumentException("A note's text is UTF-8 without control characters and ends with a newline.", nameof(text));
        }

        if (signatures.Count is 0 or > MaxSignatures)
        {
            throw new ArgumentException($"A note has 1 to {MaxSignatures} signatures.", nameof(signatures));
        }

        return new SignedNote(text.ToArray(), signatures);
    }

    /// <summary>The same note with further signatures at its end.</summary>
    public SignedNote With(IEnumerable<NoteSignature> signatures) => Create(_text, [.. Signatures, .. signatures]);

    /// <summary>Reads a note; strict.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> note, [NotNullWhen(true)] out SignedNote? parsed, [NotNullWhen(false)] out string? error)
    {
        parsed = null;
        error = note.Length > MaxBytes ? $"A note has at most {MaxBytes} bytes, not {note.Length}."
            : !StrictText.IsNoteText(note) ? "A note is UTF-8 without control characters other than newline."
            : null;
        if (error is not null)
        {
            return false;
        }

        // The last empty line divides: the text may hold others.
        var split = note.LastIndexOf("\n\n"u8);
        if (split < 0 || split + 2 == note.Length || note[^1] != '\n')
        {
            error = "A note's text is followed by an empty line and at least one signature line, each ended by a newline.";
            return false;
        }

        var rest = note[(split + 2)..];
        var signatures = new List<NoteSignature>();
        while (StrictText.TryTakeLine(ref rest, out var line))
        {
            if (signatures.Count == MaxSignatures)
            {
                error = $"The note has more than {MaxSignatures} signatures.";
                return false;
            }

            if (!TryParseLine(line, out var signature))
            {
                error = $"Signature line {signatures.Count + 1} of the note is malformed.";
                return false;
            }

            signatures.Add(signature);
        }

        parsed = new SignedNote(note[..(split + 1)].ToArray(), signatures);
        return true;
    }

    /// <summary>The note as bytes.</summary>
    public byte[] ToArray() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString()
    {
        var text = new StringBuilder(StrictText.ToText(_text)).Append('\n');
        foreach (var signature in Signatures)
        {
            text.Append(signature);
        }

        return text.ToString();
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        var prefix = "\u2014 "u8;
        if (!line.StartsWith(prefix))
        {
            return false;
        }

        line = line[prefix.Length..];
        var space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            return false;
        }

        var name = StrictText.ToText(line[..space]);
        if (!NoteKeyName.IsValid(name)
            || !StrictText.TryDecodeBase64(line[(space + 1)..], canonical: false, out var bytes)
            || bytes.Length < 5)
        {
            return false;
        }

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
        return true;
    }
}
