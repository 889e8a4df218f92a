using System.Text;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing.Witnessing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Grains.Tests.Sealing.Witnessing;

/// <summary>The publication with witnesses that are well, slow, absent, lying or contradicting each other.</summary>
public sealed class WitnessedPublicationTests
{
    private readonly WitnessedRig _rig = new();

    [Fact]
    public async Task A_checkpoint_is_published_with_the_cosignatures_of_all_that_answer()
    {
        for (var size = 2; size < 40; size += 2)
        {
            Assert.True(await _rig.SealAndStepAsync());
            Assert.Equal(size, await _rig.WitnessedSizeAsync());
            Assert.Equal(size / 2, _rig.Progress.WitnessedEntries);
        }

        Assert.True(SignedNote.TryParse(await _rig.PublishedAsync(), out var note, out _));
        Assert.Equal(4, note.Signatures.Count);
        Assert.All(_rig.Witnesses, witness => Assert.Equal(19, witness.Requests));
        await new LogChecker(WitnessedRig.Key.Verifier).CheckAsync(_rig.Memory);
    }

    [Fact]
    public async Task Without_quorum_sealing_goes_on_and_nothing_is_published_until_it_is_back()
    {
        await _rig.SealAndStepAsync();
        (_rig.Witnesses[0].Absent, _rig.Witnesses[2].Absent) = (true, true);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(await _rig.SealAndStepAsync());
        }

        Assert.Equal(2, await _rig.WitnessedSizeAsync());
        Assert.Equal(1, _rig.Progress.WitnessedEntries);
        Assert.Equal(5, _rig.Status.Publication.HeldBlocks);
        Assert.NotNull(_rig.Status.Publication.QuorumLostSince);
        Assert.Equal("Connection refused", _rig.Status.Witnesses[0].Problem);

        _rig.Witnesses[2].Absent = false;
        Assert.True(await _rig.StepAsync());
        Assert.Equal(12, await _rig.WitnessedSizeAsync());
        Assert.Equal(6, _rig.Progress.WitnessedEntries);
        Assert.Equal(0, _rig.Status.Publication.HeldBlocks);
        Assert.Null(_rig.Status.Publication.QuorumLostSince);
        Assert.True(await _rig.StepAsync());
    }

    [Fact]
    public async Task A_witness_that_never_answers_holds_nobody_up_and_is_asked_again_when_its_time_is_over()
    {
        _rig.Witnesses[1].Hangs = true;
        for (var i = 0; i < 8; i++)
        {
            Assert.True(await _rig.SealAndStepAsync());
        }

        Assert.Equal(16, await _rig.WitnessedSizeAsync());
        Assert.Contains("No answer within", _rig.Status.Witnesses[1].Problem, StringComparison.Ordinal);
        _rig.Witnesses[1].Hangs = false;
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        await _rig.SealAndStepAsync();
        _rig.Witnesses[0].Absent = true;
        Assert.True(await _rig.SealAndStepAsync());
        Assert.Equal(20, await _rig.WitnessedSizeAsync());
    }

    public static TheoryData<string> Lies() => ["nonsense", "empty", "other text", "other key", "no time", "teapot", "huge size", "no size"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task What_a_lying_witness_says_is_neither_believed_nor_published(string lie)
    {
        var liar = _rig.Witnesses[0];
        liar.Lie = reply => Tell(lie, liar, reply);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await _rig.SealAndStepAsync());
        }

        Assert.Equal(6, await _rig.WitnessedSizeAsync());
        Assert.True(SignedNote.TryParse(await _rig.PublishedAsync(), out var note, out _));
        Assert.Equal(3, note.Signatures.Count);
        Assert.NotNull(_rig.Status.Witnesses[0].Problem);
        Assert.Null(_rig.Status.Publication.Halted);

        _rig.Witnesses[1].Absent = true;
        Assert.False(await _rig.SealAndStepAsync());
        Assert.Equal(6, await _rig.WitnessedSizeAsync());
        Assert.Null(_rig.Status.Publication.Halted);
    }

    [Fact]
    public async Task A_witness_that_saw_more_than_is_asked_about_names_its_size_once()
    {
        await _rig.SealAndStepAsync();
        _rig.Witnesses[1].Absent = true;
        for (var i = 0; i < 3; i++)
        {
            await _rig.SealAndStepAsync();
        }

        _rig.Restart();
        _rig.Witnesses[1].Absent = false;
        Assert.True(await _rig.SealAndStepAsync());
        Assert.Equal(10, await _rig.WitnessedSizeAsync());
        Assert.True(SignedNote.TryParse(await _rig.PublishedAsync(), out var note, out _));
        Assert.Equal(4, note.Signatures.Count);
    }

    [Theory]
    [InlineData(FaultMode.Failed)]
    [InlineData(FaultMode.FailedButPersisted)]
    public async Task A_crash_between_cosigning_and_publishing_is_made_good_by_the_next_process(FaultMode fault)
    {
        await _rig.SealAndStepAsync();
        await _rig.SealAsync();
        _rig.Store.Arm(0, fault);
        Assert.False(await _rig.StepAsync());
        Assert.Equal("Injected fault.", _rig.Status.Publication.Failure);
        Assert.All(_rig.Witnesses, witness => Assert.Equal(4, witness.State!.Checkpoint.Size));
        Assert.Equal(fault == FaultMode.Failed ? 2 : 4, await _rig.WitnessedSizeAsync());

        _rig.Restart();
        await _rig.RecoverAsync();
        Assert.True(await _rig.StepAsync());
        Assert.Equal(4, await _rig.WitnessedSizeAsync());
        Assert.Equal(2, _rig.Progress.WitnessedEntries);
        Assert.Null(_rig.Status.Publication.Failure);
    }

    [Fact]
    public async Task A_restart_without_quorum_publishes_nothing()
    {
        await _rig.SealAndStepAsync();
        foreach (var witness in _rig.Witnesses)
        {
            witness.Absent = true;
        }

        await _rig.SealAndStepAsync();
        _rig.Restart();
        await _rig.RecoverAsync();
        Assert.False(await _rig.StepAsync());
        Assert.Equal(2, await _rig.WitnessedSizeAsync());
        Assert.Equal(1, _rig.Progress.WitnessedEntries);
        Assert.Equal(1, _rig.Status.Publication.HeldBlocks);
    }

    [Fact]
    public async Task In_mode_publish_what_came_is_published_and_never_counts_as_witnessed()
    {
        var rig = new WitnessedRig(WitnessMode.Publish);
        (rig.Witnesses[0].Absent, rig.Witnesses[1].Absent) = (true, true);
        Assert.False(await rig.SealAndStepAsync());
        Assert.True(SignedNote.TryParse(await rig.PublishedAsync(), out var note, out _));
        Assert.Equal(2, note.Signatures.Count);
        Assert.Equal(0, rig.Progress.WitnessedEntries);
        Assert.Equal(0, rig.Status.Publication.HeldBlocks);

        rig.Witnesses[0].Absent = false;
        Assert.True(await rig.StepAsync());
        Assert.Equal(2, await rig.WitnessedSizeAsync());
        Assert.Equal(1, rig.Progress.WitnessedEntries);
    }

    private static WitnessReply Tell(string lie, FakeWitness liar, WitnessReply truth) => lie switch
    {
        "nonsense" => new WitnessReply(200, "hello\n"u8.ToArray()),
        "empty" => new WitnessReply(200, ReadOnlyMemory<byte>.Empty),
        "other text" => new WitnessReply(200, Encoding.UTF8.GetBytes(liar.Cosign("other\n"u8).ToString())),
        "other key" => new WitnessReply(200, Encoding.UTF8.GetBytes(
            SignerKey.Create(liar.Key.Name, NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)99, 32)])
                .Cosign(liar.State!.Note.Text, 1_760_000_000).ToString())),
        "no time" => new WitnessReply(200, Encoding.UTF8.GetBytes(
            SignerKey.Create(liar.Key.Name, NoteSignatureType.CosignatureV1, [.. Enumerable.Repeat((byte)1, 32)])
                .Cosign(liar.State!.Note.Text, 0).ToString())),
        "teapot" => new WitnessReply(418, "short and stout"u8.ToArray()),
        "huge size" => new WitnessReply(409, "9223372036854775807\n"u8.ToArray()),
        "no size" => new WitnessReply(409, "-1\n"u8.ToArray()),
        _ => truth,
    };
}
