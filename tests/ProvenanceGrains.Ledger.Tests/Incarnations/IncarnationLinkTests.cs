using System.Text;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Tests.Incarnations;

public sealed class IncarnationLinkTests
{
    private const string Old = "log.example/trace";
    private const string New = "log.example/trace/i2";

    private static readonly SignerKey Key = SignerKey.Create(Old, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)5, 32)]);
    private static readonly IncarnationLink Link = new(New, Old, 1234, Hash256.Sha256("root"u8));

    [Fact]
    public void The_note_of_version_1_opens_and_is_written_as_before()
    {
        var golden = File.ReadAllBytes(Path.Combine(
            Vectors.RepositoryRoot, "tests", "ProvenanceGrains.Ledger.Tests", "golden", "incarnation-v1.note"));
        Assert.True(IncarnationLink.TryOpen(golden, Key.Verifier, out var link, out var error), error);
        Assert.Equal(Link, link);
        Assert.Equal(Encoding.UTF8.GetString(golden), Link.Sign(Key.Rename(New), Key).ToString());
    }

    [Fact]
    public void Whoever_trusts_either_name_of_the_key_can_open_it()
    {
        var note = Link.Sign(Key.Rename(New), Key).ToArray();
        Assert.True(IncarnationLink.IsLink(note));
        Assert.True(IncarnationLink.TryOpen(note, Key.Rename(New).Verifier, out _, out var error), error);
        Refused(note, Key.Rename("log.example/other"), "the key is of 'log.example/other'");
        Refused(note, SignerKey.Create(Old, NoteSignatureType.Ed25519, new byte[32]), "No known key");
    }

    [Fact]
    public void One_signature_is_not_enough()
    {
        var both = Link.Sign(Key.Rename(New), Key);
        foreach (var signature in both.Signatures)
        {
            Refused(SignedNote.Create(both.Text, [signature]).ToArray(), Key, "not signed under both names");
        }

        var other = SignerKey.Create(Old, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)6, 32)]);
        Refused(Link.Sign(Key.Rename(New), other).ToArray(), Key, "not signed under both names");
    }

    [Theory]
    [InlineData("\n1234\n", "\n01234\n", "old size")]
    [InlineData("incarnation/v1", "incarnation/v2", "format")]
    [InlineData("trace/i2\n", "trace/i3\n", "The incarnation after")]
    [InlineData("\n1234\n", "\n1234\nmore\n", "five lines")]
    [InlineData("\n1234\n", "\n", "five lines")]
    public void A_text_that_is_not_as_specified_is_refused(string find, string replace, string reason)
    {
        var text = Encoding.UTF8.GetString(Link.Sign(Key.Rename(New), Key).Text).Replace(find, replace, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(text);
        Refused(SignedNote.Create(bytes, [Key.Rename(New).Sign(bytes), Key.Sign(bytes)]).ToArray(), Key, reason);
    }

    [Theory]
    [InlineData("log.example", 1, "log.example/i2")]
    [InlineData("log.example/i2", 2, "log.example/i3")]
    [InlineData("log.example/i9", 9, "log.example/i10")]
    [InlineData("log.example/i1", 1, "log.example/i1/i2")]
    [InlineData("log.example/i02", 1, "log.example/i02/i2")]
    [InlineData("log.example/items", 1, "log.example/items/i2")]
    [InlineData("/i2", 1, "/i2/i2")]
    public void Incarnations_are_numbered_by_their_origin(string origin, int number, string next)
    {
        Assert.Equal(number, IncarnationName.NumberOf(origin));
        Assert.Equal(next, IncarnationName.Next(origin));
        Assert.Equal(IncarnationName.BaseOf(origin), IncarnationName.BaseOf(next));
    }

    private static void Refused(byte[] note, SignerKey key, string reason)
    {
        Assert.False(IncarnationLink.TryOpen(note, key.Verifier, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
