using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ProvenanceGrains.Ledger.Text;

namespace ProvenanceGrains.Ledger.Notes;

/// <summary>The three-part text form that verifier and signer keys share.</summary>
internal static class KeyText
{
    public static bool TrySplit(
        string text,
        out string name,
        out uint id,
        out byte type,
        out byte[] material,
        [NotNullWhen(false)] out string? error)
    {
        (name, id, type, material) = ("", 0, 0, []);
        if (text.Length > VerifierKey.MaxLength)
        {
            error = $"A key has at most {VerifierKey.MaxLength} characters.";
            return false;
        }

        // The base64 may hold further plus signs.
        var parts = text.Split('+', 3);
        if (parts.Length != 3)
        {
            error = "A key has three parts: name, id and key, with '+' between.";
            return false;
        }

        name = parts[0];
        var base64 = parts[2].Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        var readable = StrictText.TryDecodeBase64(Encoding.UTF8.GetBytes(base64), canonical: false, out var bytes);
        error = !NoteKeyName.IsValid(name) ? "The key's name is empty or holds a space or a control character."
            : parts[1].Length != 8 || !uint.TryParse(
                parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id)
                ? "The key's id is not 8 hexadecimal digits."
            : !readable || bytes.Length < 2 ? "The key itself is not base64 of a type and a key."
            : null;
        if (error is not null)
        {
            return false;
        }

        (type, material) = (bytes[0], bytes[1..]);
        return true;
    }

    public static string Format(string name, uint id, byte type, ReadOnlySpan<byte> material)
    {
        var bytes = new byte[1 + material.Length];
        bytes[0] = type;
        material.CopyTo(bytes.AsSpan(1));
        return $"{name}+{id:x8}+{Convert.ToBase64String(bytes)}";
    }
}
