using System.Text;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tests.Merkle;
using ProvenanceGrains.Ledger.Witnessing;

namespace ProvenanceGrains.Ledger.Tests.Witnessing;

public sealed class WitnessRulesTests
{
    private const long Now = 1_760_000_000;
    private static readonly SignerKey Log = SignerKey.Create("log.example/a", NoteSignatureType.Ed25519, new byte[32]);
    private static readonly SignerKey Witness =
        SignerKey.Create("witness.example/w", NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)1, 32)]);

    private static readonly Hash256[] Leaves = ReferenceTree.Leaves(40);
    private WitnessedLog? _state;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_first_checkpoint_of_any_size_is_cosigned(int size)
    {
        Assert.Equal(200, Submit(0, [], size).Status);
        Assert.Equal(size, _state!.Checkpoint.Size);
    }

    [Fact]
    public void From_an_empty_log_any_size_may_follow()
    {
        Assert.Equal(200, Submit(0, [], 0).Status);
        Assert.Equal(200, Submit(0, [], 0).Status);
        Assert.Equal(200, Submit(0, [], 9).Status);
    }

    [Fact]
    public void An_empty_log_has_the_root_of_the_empty_tree()
    {
        Assert.Equal(422, Decide(0, [], Checkpoint.Create("log.example/a", 0, Leaves[0]).Sign(Log).ToArray()).Status);
        Assert.Null(_state);
    }

    [Fact]
    public void The_size_is_checked_before_the_history_and_the_signature_before_both()
    {
        Submit(0, [], 9);
        Assert.Equal("9\n", Submit(0, [Leaves[0]], 12).Body);
        Assert.Equal(409, Decide(0, [], Checkpoint.Create("log.example/a", 0, Leaves[0]).Sign(Log).ToArray()).Status);
        Assert.Equal(403, Decide(99, [], Checkpoint.Create("log.example/a", 12, Leaves[0]).Sign(Other("log.example/a")).ToArray()).Status);
        Assert.Equal(400, Submit(99, [], 12).Status);
        Assert.Equal(404, Decide(99, [], Checkpoint.Create("log.example/b", 12, Leaves[0]).Sign(Other("log.example/b")).ToArray()).Status);
        Assert.Equal(9, _state!.Checkpoint.Size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void An_unsigned_checkpoint_is_one_that_no_trusted_key_signed(string end)
    {
        var text = Checkpoint.Create("log.example/a", 3, Root(3)).ToString() + end;
        Assert.Equal(403, Decide(0, [], Encoding.UTF8.GetBytes(text)).Status);
    }

    [Fact]
    public void One_bad_signature_of_a_trusted_key_refuses_the_checkpoint()
    {
        var good = Checkpoint.Create("log.example/a", 3, Root(3)).Sign(Log);
        var bad = new NoteSignature(Log.Verifier.Name, Log.Verifier.Id, new byte[64]);
        Assert.Equal(403, Decide(0, [], good.With([bad]).ToArray()).Status);
        Assert.Equal(200, Decide(0, [], good.With([new NoteSignature("x", 7, new byte[64])]).ToArray()).Status);
    }

    [Fact]
    public void A_key_of_another_log_does_not_speak_for_this_one()
    {
        var other = Other("log.example/b");
        var signed = Checkpoint.Create("log.example/a", 3, Root(3)).Sign(other);
        Assert.True(AddCheckpointRequest.TryParse(AddCheckpointRequest.Encode(0, [], signed), out var request, out _));
        Assert.Equal(403, WitnessRules.Decide(request, [Log.Verifier, other.Verifier], null, Witness, Now).Status);
    }

    [Fact]
    public void What_monitors_see_has_the_log_and_the_witness_and_nobody_else()
    {
        var signed = Checkpoint.Create("log.example/a", 3, Root(3)).Sign(Log).With([new NoteSignature("x", 7, new byte[64])]);
        var answer = Decide(0, [], signed.ToArray());
        Assert.Equal(["log.example/a", "witness.example/w"], answer.State!.Note.Signatures.Select(signature => signature.KeyName));
        Assert.True(WitnessedLog.TryRead(
            answer.State.Note.ToArray(), [Log.Verifier], Witness.Verifier, out var again, out var error), error);
        Assert.Equal(3, again.Checkpoint.Size);
        Assert.False(WitnessedLog.TryRead(signed.ToArray(), [Log.Verifier], Witness.Verifier, out _, out _));
        Assert.False(WitnessedLog.TryRead(answer.State.Note.ToArray(), [], Witness.Verifier, out _, out _));
    }

    [Fact]
    public void Extension_lines_are_cosigned_with_the_rest()
    {
        var text = Encoding.UTF8.GetBytes(Checkpoint.Create("log.example/a", 3, Root(3)) + "more\n");
        var answer = Decide(0, [], SignedNote.Create(text, [Log.Sign(text)]).ToArray());
        Assert.Equal(200, answer.Status);
        Assert.True(OpenedNote.TryOpen(answer.State!.Note, [Witness.Verifier], out var opened, out var error), error);
        Assert.Equal(text, opened.Note.Text.ToArray());
    }

    [Theory]
    [InlineData("old 01\n\n")]
    [InlineData("old +1\n\n")]
    [InlineData("old  1\n\n")]
    [InlineData("old 1 \n\n")]
    [InlineData("old 1\r\n\n")]
    [InlineData("old 9223372036854775808\n\n")]
    [InlineData("OLD 1\n\n")]
    [InlineData("old\n\n")]
    [InlineData("old 1\n")]
    [InlineData("old 1\nAAAA\n\n")]
    [InlineData("old 1\n AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n")]
    public void A_malformed_beginning_is_refused(string head)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(head), .. Checkpoint.Create("log.example/a", 3, Root(3)).Sign(Log).ToArray()];
        Assert.False(AddCheckpointRequest.TryParse(body, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Sixty_three_proof_lines_are_read_and_one_more_is_refused()
    {
        var note = Checkpoint.Create("log.example/a", 3, Root(3)).Sign(Log);
        var line = Leaves[0].ToBase64() + "\n";
        foreach (var (count, read) in (ReadOnlySpan<(int, bool)>)[(63, true), (64, false)])
        {
            var body = $"old 1\n{string.Concat(Enumerable.Repeat(line, count))}\n{note}";
            Assert.Equal(read, AddCheckpointRequest.TryParse(Encoding.UTF8.GetBytes(body), out _, out _));
        }
    }

    [Fact]
    public void Any_growth_with_its_proof_is_cosigned_and_any_other_proof_is_not()
    {
        for (var from = 1; from <= 20; from++)
        {
            for (var to = from; to <= 40; to += 3)
            {
                _state = null;
                Submit(0, [], from);
                var proof = from == to ? [] : ReferenceTree.Consistency(from, Leaves.AsSpan(0, to));
                Assert.Equal(422, Submit(from, [.. proof, Leaves[39]], to).Status);
                if (proof.Length > 0)
                {
                    Assert.Equal(422, Submit(from, proof[1..], to).Status);
                }

                Assert.Equal(from, _state!.Checkpoint.Size);
                Assert.Equal(200, Submit(from, proof, to).Status);
                Assert.Equal(to, _state!.Checkpoint.Size);
            }
        }
    }

    private static SignerKey Other(string name) =>
        SignerKey.Create(name, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)9, 32)]);

    private static Hash256 Root(int size) => ReferenceTree.Root(Leaves.AsSpan(0, size));

    private WitnessAnswer Submit(long old, Hash256[] proof, int size) =>
        Decide(old, proof, Checkpoint.Create("log.example/a", size, Root(size)).Sign(Log).ToArray());

    private WitnessAnswer Decide(long old, Hash256[] proof, byte[] note)
    {
        var head = $"old {old}\n{string.Concat(proof.Select(hash => hash.ToBase64() + "\n"))}\n";
        byte[] body = [.. Encoding.UTF8.GetBytes(head), .. note];
        Assert.True(AddCheckpointRequest.TryParse(body, out var request, out var error), error);
        VerifierKey[] keys = request.Checkpoint.Origin == Log.Verifier.Name ? [Log.Verifier] : [];
        var answer = WitnessRules.Decide(request, keys, _state, Witness, Now);
        _state = answer.State ?? _state;
        return answer;
    }
}
