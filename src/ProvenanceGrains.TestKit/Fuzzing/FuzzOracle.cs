using System.Text;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>What holds of every parser here.</summary>
internal static class FuzzOracle
{
    /// <summary>Accepted without an error, or refused with one that says something. Returns the answer.</summary>
    public static bool Answer(bool accepted, string? error)
    {
        Require(accepted ? error is null : !string.IsNullOrWhiteSpace(error), accepted ? $"Accepted with the error '{error}'." : "Refused without a reason.");
        return accepted;
    }

    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzFailureException(what);
        }
    }

    /// <summary>For formats that allow one spelling only: what was accepted is written back byte for byte.</summary>
    public static void SameBytes(ReadOnlySpan<byte> input, ReadOnlySpan<byte> written) =>
        Require(input.SequenceEqual(written), $"Written back as {Shown(written)}.");

    public static void SameText(string input, string written) =>
        Require(string.Equals(input, written, StringComparison.Ordinal), $"Written back as '{written}'.");

    /// <summary>For formats with several spellings: what was written is read, and written the same again.</summary>
    public static void Settles(ReadOnlySpan<byte> written, Func<byte[], byte[]?> again)
    {
        var second = again(written.ToArray());
        Require(second is not null, $"What was written is refused: {Shown(written)}.");
        Require(written.SequenceEqual(second), $"What was written is read as something else: {Shown(written)}.");
    }

    /// <summary>
    /// The bytes as text. Strings in a program may hold half a surrogate pair, which UTF-8 cannot: U+E000 stands for it.
    /// </summary>
    public static string Text(byte[] input) => Encoding.UTF8.GetString(input).Replace('\uE000', '\uD800');

    private static string Shown(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 300)]);
}
