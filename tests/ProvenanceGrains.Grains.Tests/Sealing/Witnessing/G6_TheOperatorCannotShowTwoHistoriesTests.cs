using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Grains.Tests.Sealing.Witnessing;

/// <summary>G6 at the sealer: a log that was set back or forked is stopped by its own earlier signature.</summary>
public sealed class G6_TheOperatorCannotShowTwoHistoriesTests
{
    [Fact]
    public async Task A_log_that_was_set_back_stops_publishing()
    {
        var (original, restored) = await ForkAsync(shown: 5, hidden: 2);
        Assert.False(await restored.StepAsync());
        Assert.Contains("set back", restored.Status.Publication.Halted, StringComparison.Ordinal);
        Assert.Null(await restored.PublishedAsync());
        Assert.Equal(10, await original.WitnessedSizeAsync());
    }

    [Fact]
    public async Task A_backup_that_was_restored_is_noticed_at_the_start_before_anything_new_is_sealed()
    {
        var original = new WitnessedRig();
        var backup = new WitnessedRig();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await original.SealAndStepAsync());
            Assert.True(i >= 2 || await backup.SealAndStepAsync());
        }

        for (var i = 0; i < 3; i++)
        {
            backup.Witnesses[i].State = original.Witnesses[i].State;
        }

        backup.Restart();
        await backup.RecoverAsync();
        Assert.False(await backup.StepAsync());
        Assert.Contains("set back", backup.Status.Publication.Halted, StringComparison.Ordinal);
        Assert.Equal(4, await backup.WitnessedSizeAsync());
    }

    [Fact]
    public async Task A_forked_log_stops_publishing_for_good()
    {
        var (_, forked) = await ForkAsync(shown: 3, hidden: 6);
        Assert.False(await forked.StepAsync());
        Assert.Contains("two histories", forked.Status.Publication.Halted, StringComparison.Ordinal);
        Assert.False(await forked.SealAndStepAsync());
        Assert.Null(await forked.PublishedAsync());
        Assert.Equal(0, forked.Progress.WitnessedEntries);
    }

    [Fact]
    public async Task One_witness_that_can_prove_it_is_enough()
    {
        var (_, forked) = await ForkAsync(shown: 3, hidden: 6);
        (forked.Witnesses[0].State, forked.Witnesses[2].State) = (null, null);
        (forked.Witnesses[0].Hangs, forked.Witnesses[2].Hangs) = (true, true);
        Assert.False(await forked.StepAsync());
        Assert.NotNull(forked.Status.Publication.Halted);
    }

    [Fact]
    public async Task Proof_that_comes_when_the_quorum_was_reached_without_it_still_stops_the_log()
    {
        var (_, forked) = await ForkAsync(shown: 3, hidden: 6);
        (forked.Witnesses[0].State, forked.Witnesses[1].State) = (null, null);
        var slow = new TaskCompletionSource();
        forked.Witnesses[2].Until = slow.Task;
        Assert.True(await forked.StepAsync());
        Assert.Null(forked.Status.Publication.Halted);

        // The answer is on its way by itself: at one of the next steps it has arrived.
        slow.SetResult();
        for (var i = 0; i < 1000 && await forked.SealAndStepAsync(); i++)
        {
            await Task.Yield();
        }

        Assert.Contains("two histories", forked.Status.Publication.Halted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Witnesses_that_show_nothing_still_refuse()
    {
        var (_, forked) = await ForkAsync(shown: 3, hidden: 6);
        foreach (var witness in forked.Witnesses)
        {
            witness.Secretive = true;
        }

        Assert.False(await forked.StepAsync());
        Assert.Null(await forked.PublishedAsync());
        Assert.Null(forked.Status.Publication.Halted);
        Assert.All(forked.Status.Witnesses, witness => Assert.NotNull(witness.Problem));
    }

    [Fact]
    public async Task The_fork_is_published_where_the_witnesses_forget()
    {
        var (_, forked) = await ForkAsync(shown: 3, hidden: 6);
        foreach (var witness in forked.Witnesses)
        {
            witness.State = null;
        }

        Assert.True(await forked.StepAsync());
        Assert.Equal(12, await forked.WitnessedSizeAsync());
    }

    [Fact]
    public async Task A_checkpoint_of_another_key_is_no_evidence()
    {
        var rig = new WitnessedRig();
        await rig.SealAndStepAsync();
        var liar = rig.Witnesses[0];
        var other = SignerKey.Create(WitnessedRig.Key.Verifier.Name, NoteSignatureType.Ed25519, [.. Enumerable.Repeat((byte)7, 32)]);
        var invented = Checkpoint.Create(other.Verifier.Name, 99, Ledger.Hash256.Zero).Sign(other);
        var note = invented.With([liar.Cosign(invented.Text)]);
        Assert.True(Ledger.Witnessing.WitnessedLog.TryRead(note.ToArray(), [other.Verifier], liar.Key, out var state, out var error), error);
        liar.State = state;
        Assert.True(await rig.SealAndStepAsync());
        Assert.Null(rig.Status.Publication.Halted);
        Assert.Contains("no checkpoint of this log", rig.Status.Witnesses[0].Problem, StringComparison.Ordinal);
    }

    private static async Task<(WitnessedRig Original, WitnessedRig Forked)> ForkAsync(int shown, int hidden)
    {
        var original = new WitnessedRig();
        for (var i = 0; i < shown; i++)
        {
            Assert.True(await original.SealAndStepAsync());
        }

        var forked = original.Fork();
        for (var i = 0; i < hidden; i++)
        {
            await forked.SealAsync();
        }

        return (original, forked);
    }
}
