using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Ledger.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [VectorFact]
    public void Checkpoint_texts_are_judged_as_expected() =>
        Vectors.ForEach("checkpoint/parse.jsonl", vector =>
        {
            var text = vector.Base64("text_b64");
            var ok = Checkpoint.TryParse(text, out var checkpoint, out var error);
            var canonical = vector.GetProperty("expect").GetString() == "ok";
            return Vectors.Expect(vector, ok, error)
                ?? (canonical && !checkpoint!.ToArray().SequenceEqual(text) ? "written differently" : null);
        });

    [Theory]
    [InlineData("log\n1\n{0}")]
    [InlineData("log\n1\n{0}\n\n")]
    [InlineData("log\n01\n{0}\n")]
    [InlineData("log\n9223372036854775808\n{0}\n")]
    [InlineData("log\n1\n{0}=\n")]
    [InlineData("log\t\n1\n{0}\n")]
    [InlineData("\n1\n{0}\n")]
    [InlineData("")]
    public void Texts_that_are_not_exactly_a_checkpoint_are_refused_with_a_reason(string template)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, template, Hash256.Sha256([]).ToBase64());
        Assert.False(Checkpoint.TryParse(Encoding.UTF8.GetBytes(text), out var checkpoint, out var error));
        Assert.Null(checkpoint);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void A_signed_checkpoint_opens_with_the_logs_key_and_no_other()
    {
        var key = SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]);
        var other = SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)1, 32)]);
        var note = Checkpoint.Create("log.example/a", 7, Hash256.Sha256([1])).Sign(key).ToArray();
        Assert.True(OpenedNote.TryOpen(note, [key.Verifier], out var opened, out var error), error);
        Assert.True(Checkpoint.TryParse(opened.Note.Text, out var checkpoint, out error), error);
        Assert.Equal(7, checkpoint.Size);
        Assert.False(OpenedNote.TryOpen(note, [other.Verifier], out _, out error));
        Assert.Equal("No known key has signed the note.", error);
    }

    [Fact]
    public void Extension_lines_are_kept()
    {
        var text = $"log\n3\n{Hash256.Zero.ToBase64()}\none\n two \n";
        Assert.True(Checkpoint.TryParse(Encoding.UTF8.GetBytes(text), out var checkpoint, out var error), error);
        Assert.Equal(["one", " two "], checkpoint.Extensions);
        Assert.Equal(text, checkpoint.ToString());
    }
}
