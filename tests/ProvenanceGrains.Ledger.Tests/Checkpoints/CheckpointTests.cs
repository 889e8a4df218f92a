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

    /// <summary>That library takes any bytes for a root, ours only those of SHA-256: so the root is put in its place.</summary>
    [VectorFact]
    public void Texts_of_the_formats_library_are_judged_alike_but_for_what_the_specification_forbids()
    {
        var cases = Vectors.ReadJson("checkpoint/formats_checkpoint_literals.json")
            .GetProperty("TestUnmarshalLogState").GetProperty("cases")[0].EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        foreach (var vector in cases)
        {
            var lines = vector.GetProperty("m").GetString()!.Split('\n');
            var wanted = !vector.TryGetProperty("wantErr", out var wantErr) || !wantErr.GetBoolean();
            if (wanted)
            {
                Assert.False(Checkpoint.TryParse(Encoding.UTF8.GetBytes(string.Join('\n', lines)), out _, out var reason));
                Assert.NotEmpty(reason);
            }

            if (lines.Length > 2 && lines[2].Length > 0 && !lines[2].Contains('\'', StringComparison.Ordinal))
            {
                lines[2] = Hash256.Sha256(Convert.FromBase64String(lines[2])).ToBase64();
            }

            // "following lines, if any, MUST be non-empty" (C2SP tlog-checkpoint), which the library leaves to its caller.
            var emptyLines = lines[3..].SkipLast(1).Any(line => line.Length == 0);
            var text = string.Join('\n', lines);
            var ok = Checkpoint.TryParse(Encoding.UTF8.GetBytes(text), out var checkpoint, out var error);
            Assert.True(ok == (wanted && !emptyLines), $"{vector.GetProperty("desc")}: {error}");
            if (ok)
            {
                Assert.Equal(vector.GetProperty("want").GetProperty("Origin").GetString(), checkpoint!.Origin);
                Assert.Equal(vector.GetProperty("want").GetProperty("Size").GetInt64(), checkpoint.Size);
                Assert.Equal(text, checkpoint.ToString());
            }
        }
    }

    [VectorFact]
    public void A_checkpoint_that_sigsum_signed_is_the_one_that_the_same_key_signs_here()
    {
        var literals = Vectors.ReadJson("sigsum/checkpoint_literals.json");
        var want = literals.GetProperty("TestCheckpointSigned").GetProperty("vars").GetProperty("want").GetString()!;
        var seed = new byte[32];
        seed[0] = literals.GetProperty("TestCheckpointSigned").GetProperty("vars").GetProperty("signer")[0].GetByte();
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(want), out var note, out var error), error);
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint, out error), error);
        var key = SignerKey.Create(checkpoint.Origin, NoteSignatureType.Ed25519, seed);
        Assert.Equal(want, checkpoint.Sign(key).ToString());
        Assert.True(OpenedNote.TryOpen(Encoding.UTF8.GetBytes(want), [key.Verifier], out _, out error), error);

        // The checksum database of Go, and a note whose signature is no more than the right length.
        foreach (var (test, variable, origin) in new[]
        {
            ("TestGoSumDBCheckpoint", "err", "go.sum database tree"),
            ("TestCheckpointFromASCII", "err", "example.org/log"),
        })
        {
            var text = literals.GetProperty(test).GetProperty("vars").GetProperty(variable).GetString()!;
            Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out note, out error), error);
            Assert.True(Checkpoint.TryParse(note.Text, out checkpoint, out error), error);
            Assert.Equal(origin, checkpoint.Origin);
            Assert.Equal(text, note.ToString());
            Assert.False(OpenedNote.TryOpen(note.ToArray(), [key.Verifier], out _, out error));
        }
    }

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

    [Fact]
    public void A_signed_checkpoint_opens_with_its_logs_key_and_with_no_other()
    {
        var key = SignerKey.Create("log.example", NoteSignatureType.Ed25519, new byte[32]);
        var mine = Checkpoint.Create("log.example", 7, Hash256.Sha256("root"u8)).Sign(key).ToArray();
        Assert.True(Checkpoint.TryOpen(mine, key.Verifier, out var opened, out var error), error);
        Assert.Equal(7, opened.Size);

        var stranger = SignerKey.Create("log.example", NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)1, 32)]);
        Assert.False(Checkpoint.TryOpen(mine, stranger.Verifier, out opened, out error));
        Assert.Null(opened);
        Assert.Contains("No known key", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_origin_does_not_open_though_the_key_has_signed_it()
    {
        var key = SignerKey.Create("log.example", NoteSignatureType.Ed25519, new byte[32]);
        var other = Checkpoint.Create("other.example", 7, Hash256.Sha256("root"u8)).Sign(key);
        Assert.False(Checkpoint.TryOpen(other, key.Verifier, out var opened, out var error));
        Assert.Null(opened);
        Assert.Contains("'other.example'", error, StringComparison.Ordinal);
        Assert.False(Checkpoint.TryOpen(other.ToArray(), key.Verifier, out opened, out error));
        Assert.Null(opened);
        Assert.NotEmpty(error);

        var text = "log.example\n7\n"u8.ToArray();
        Assert.False(Checkpoint.TryOpen(SignedNote.Create(text, [key.Sign(text)]), key.Verifier, out opened, out error));
        Assert.Null(opened);
        Assert.Contains("three lines", error, StringComparison.Ordinal);
    }
}
