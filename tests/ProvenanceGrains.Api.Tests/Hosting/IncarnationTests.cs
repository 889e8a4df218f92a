using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ProvenanceGrains.Api.Tests.Capture;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Incarnations;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Silo.Hosting;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Incarnations;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;

namespace ProvenanceGrains.Api.Tests.Hosting;

/// <summary>A whole data folder is restored from a backup: what was signed since must not be signed otherwise.</summary>
public sealed class IncarnationTests : IDisposable
{
    private const string Origin = "log.example.org/incarnations";
    private const string ApiKey = "test-key-0123456789abcdef";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("provenance-incarnation-");

    private string Data => Path.Combine(_root.FullName, "data");

    private string Backup => Path.Combine(_root.FullName, "backup");

    private string AnchorFile => Path.Combine(_root.FullName, "anchor");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_restored_backup_is_refused_by_the_anchor_which_names_both_sizes_and_the_remedy()
    {
        await RestoreAsync(anchor: true);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(anchor: true));

        Assert.Contains("knows 4 leaves", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("chain/checkpoint has 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--new-incarnation " + Origin, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The mechanism switched off: without its anchor nothing here notices, and a second history is signed.</summary>
    [Fact]
    public async Task Without_the_anchor_a_restored_backup_would_sign_a_second_history()
    {
        var lost = await RestoreAsync(anchor: true);
        await using (var silo = await StartAsync(anchor: false))
        {
            await CaptureAsync(silo, "other", 2);
            var (again, _) = await HeadAsync(silo);
            Assert.Equal(lost.Size, again.Size);
            Assert.NotEqual(lost.Root, again.Root);
        }

        var beside = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(anchor: true));
        Assert.Contains("another root for 4 leaves", beside.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_incarnation_names_the_old_head_and_seals_every_entry_anew(bool anchor)
    {
        var lost = await RestoreAsync(anchor: true);
        var head = Path.Combine(_root.FullName, "customers.checkpoint");
        File.Copy(AnchorFile, head);
        VerifierKey old;
        await using (var silo = await StartAsync(anchor, leave: Origin, oldHead: anchor ? null : head))
        {
            var key = silo.Services.GetRequiredService<VerifierKey>();
            old = VerifierKey.Create(Origin, key.Type, key.PublicKey);
            Assert.Equal(Origin + "/i2", key.Name);
            await CheckAsync(silo, lost.Size, entries: 2);
            using var http = new HttpClient();
            var note = await http.GetByteArrayAsync(new Uri(silo.Addresses[0] + "/log/incarnation"));
            Assert.True(IncarnationLink.TryOpen(note, old, out var link, out var error), error);
            Assert.Equal((lost.Size, lost.Root), (link.OldSize, link.OldRoot));
            await CaptureAsync(silo, "after", 3);
        }

        Assert.True(File.Exists(Path.Combine(Data, "incarnations", "1", "chain", "checkpoint")));
        Assert.Equal(await File.ReadAllBytesAsync(head), await File.ReadAllBytesAsync(Path.Combine(Data, "incarnations", "1", "head")));

        // The option may stay where it is, and so may the origin.
        await using (var again = await StartAsync(anchor, leave: Origin))
        {
            await CheckAsync(again, lost.Size, entries: 3);
            Assert.Equal(Origin + "/i2", again.Services.GetRequiredService<VerifierKey>().Name);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_crash_at_any_step_is_repaired_by_starting_again(int steps)
    {
        var lost = await RestoreAsync(anchor: true);
        var keyFile = Path.Combine(Data, "log.key");
        Assert.True(SignerKey.TryParse((await File.ReadAllTextAsync(keyFile)).Trim(), out var key, out _));
        var link = new IncarnationLink(Origin + "/i2", Origin, lost.Size, lost.Root);
        var note = link.Sign(key.Rename(link.NewOrigin), key).ToArray();
        using (var folder = IncarnationFolder.Open(Data))
        {
            folder.Begin(note);
            if (steps is 2)
            {
                Directory.CreateDirectory(Path.Combine(Data, "incarnations", "1"));
                Directory.Move(Path.Combine(Data, "chain"), Path.Combine(Data, "incarnations", "1", "chain"));
            }

            if (steps > 2)
            {
                folder.KeepOld(1);
            }

            if (steps > 3)
            {
                await File.WriteAllTextAsync(keyFile, key.Rename(link.NewOrigin).ExportPrivateKey() + "\n");
            }

            if (steps > 4)
            {
                folder.PublishNote(1, note);
            }
        }

        await using var silo = await StartAsync(anchor: true);
        await CheckAsync(silo, lost.Size, entries: 2);
        Assert.False(File.Exists(Path.Combine(Data, "incarnation.next")));
        Assert.True(File.Exists(Path.Combine(Data, "incarnations", "1", "log", "checkpoint")));
        Assert.True(File.Exists(Path.Combine(Data, "incarnations", "1", "sealed")));
    }

    [Fact]
    public async Task An_incarnation_of_another_log_is_refused_and_changes_nothing()
    {
        await RestoreAsync(anchor: false);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(anchor: false, leave: "log.example.org/other"));
        Assert.Contains("is asked for, but this folder's log is", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "incarnations")));
    }

    [Fact]
    public async Task A_policy_that_does_not_name_the_log_to_come_is_refused_before_anything_is_changed()
    {
        await RestoreAsync(anchor: false);
        var keyFile = await File.ReadAllTextAsync(Path.Combine(Data, "log.key"));
        Assert.True(SignerKey.TryParse(keyFile.Trim(), out var key, out _));
        var policy = Path.Combine(_root.FullName, "policy");
        await File.WriteAllTextAsync(policy, $"log {key.Verifier}\nquorum none\n");

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(anchor: false, leave: Origin, policy: policy));

        Assert.EndsWith($"replace its log line by: log {key.Rename(Origin + "/i2").Verifier}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(keyFile, await File.ReadAllTextAsync(Path.Combine(Data, "log.key")));
        Assert.False(File.Exists(Path.Combine(Data, "incarnation.next")));
        Assert.False(Directory.Exists(Path.Combine(Data, "incarnations")));

        await File.WriteAllTextAsync(policy, refusal.Message[refusal.Message.IndexOf("log " + Origin, StringComparison.Ordinal)..] + "\nquorum none\n");
        await using var silo = await StartAsync(anchor: false, leave: Origin, policy: policy);
        Assert.Equal(Origin + "/i2", silo.Services.GetRequiredService<VerifierKey>().Name);
    }

    [Fact]
    public async Task An_anchor_that_knows_more_than_the_link_says_is_refused()
    {
        await RestoreAsync(anchor: true);
        await (await StartAsync(anchor: false, leave: Origin)).DisposeAsync();

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(anchor: true));
        Assert.Contains("names 2 as its last head", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "is a folder")]
    [InlineData(false, "its folder is not there")]
    public async Task An_anchor_that_cannot_be_written_is_refused_at_the_start(bool folder, string reason)
    {
        var place = folder ? Directory.CreateDirectory(AnchorFile).FullName : Path.Combine(_root.FullName, "missing", "anchor");

        var refusal = await Assert.ThrowsAsync<IOException>(() => StartAsync(anchor: true, anchorFile: place));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "chain")));
    }

    [Fact]
    public async Task A_block_that_the_anchor_does_not_know_counts_for_nothing_until_it_does()
    {
        await using var silo = await StartAsync(anchor: true);
        await CaptureAsync(silo, "first", 1);
        var (before, _) = await HeadAsync(silo);
        File.Delete(AnchorFile);
        Directory.CreateDirectory(AnchorFile);

        using var http = new HttpClient { BaseAddress = new Uri(silo.Addresses[0]) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var body = new StringContent(Documents.Of(Documents.Event("second")), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/capture", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode);
        var ready = await RunningSilo.EventuallyAsync(
            () => http.GetAsync(new Uri("/health/ready", UriKind.Relative)), health => !health.IsSuccessStatusCode);
        Assert.Contains(AnchorFile, await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before.Size, (await HeadAsync(silo)).Checkpoint.Size);

        var status = silo.Services.GetRequiredService<SealingStatus>();
        Assert.Equal(before.Size, status.Report!.TreeSize);

        Directory.Delete(AnchorFile);
        var (after, note) = await RunningSilo.EventuallyAsync(() => HeadAsync(silo), head => head.Checkpoint.Size > before.Size);
        Assert.Equal(4, after.Size);
        Assert.Equal(note, await File.ReadAllBytesAsync(AnchorFile));
    }

    [Fact]
    public async Task A_missing_anchor_is_written_at_the_start()
    {
        await using (var silo = await StartAsync(anchor: false))
        {
            await CaptureAsync(silo, "first", 1);
        }

        await using (await StartAsync(anchor: true))
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Data, "chain", "checkpoint")), await File.ReadAllBytesAsync(AnchorFile));
        }
    }

    /// <summary>A log of two entries, set back to its first.</summary>
    /// <returns>The head that was lost.</returns>
    private async Task<Checkpoint> RestoreAsync(bool anchor)
    {
        await using (var silo = await StartAsync(anchor))
        {
            await CaptureAsync(silo, "first", 1);
        }

        Copy(Data, Backup);
        Checkpoint lost;
        await using (var silo = await StartAsync(anchor))
        {
            await CaptureAsync(silo, "second", 2);
            (lost, _) = await HeadAsync(silo);
        }

        Directory.Delete(Data, recursive: true);
        Copy(Backup, Data);
        return lost;
    }

    /// <summary>The whole log checks, holds so many entries, and one of them is the link.</summary>
    private static async Task CheckAsync(SiloHost silo, long oldSize, long entries)
    {
        var key = silo.Services.GetRequiredService<VerifierKey>();
        var journal = silo.Services.GetRequiredService<IJournalReader>();
        await RunningSilo.EventuallyAsync(() => HeadAsync(silo, key), head => head.Checkpoint.Size > entries);
        var checker = new LogChecker(key);
        Assert.Equal(entries, (await checker.CheckAsync(silo.Services.GetRequiredService<ILogReader>())).Count);
        var link = await journal.ReadJournalAsync(new IncarnationLink(key.Name, Origin, oldSize, default).Entity, 0, 10, CancellationToken.None);
        Assert.Equal(IncarnationLink.EntryType, Assert.Single(link).EntryType);
        Assert.True(IncarnationLink.TryOpen(link[0].Content.Bytes.Span, key, out var said, out var error), error);
        Assert.Equal(oldSize, said.OldSize);
    }

    private static async Task<(Checkpoint Checkpoint, byte[] Note)> HeadAsync(SiloHost silo, VerifierKey? key = null)
    {
        key ??= silo.Services.GetRequiredService<VerifierKey>();
        var note = await silo.Services.GetRequiredService<ILogReader>().ReadCheckpointAsync(CancellationToken.None);
        if (note is null)
        {
            return (Checkpoint.Create(key.Name, 0, default), []);
        }

        Assert.True(OpenedNote.TryOpen(note, [key], out var opened, out var error), error);
        Assert.True(Checkpoint.TryParse(opened.Note.Text, out var checkpoint, out error), error);
        return (checkpoint, note);
    }

    /// <summary>Captures one event about one lot and waits until it is sealed: two leaves more.</summary>
    private static async Task CaptureAsync(SiloHost silo, string serial, long entries)
    {
        using var http = new HttpClient { BaseAddress = new Uri(silo.Addresses[0]) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var body = new StringContent(Documents.Of(Documents.Event(serial)), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/capture", UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await RunningSilo.EventuallyAsync(() => HeadAsync(silo), head => head.Checkpoint.Size >= entries + 1);
        await RunningSilo.EventuallyAsync(
            () => silo.Services.GetRequiredService<ISealStore>().ReadStageAsync(CancellationToken.None).AsTask(), stage => stage is null);
    }

    private Task<SiloHost> StartAsync(
        bool anchor, string? leave = null, string? oldHead = null, string? anchorFile = null, string? policy = null) => SiloHost.StartAsync(
        new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Provenance:Data"] = Data,
            ["Provenance:Origin"] = Origin,
            ["Provenance:ApiKey"] = ApiKey,
            ["Provenance:Anchor"] = anchor ? anchorFile ?? AnchorFile : null,
            ["Provenance:NewIncarnation"] = leave,
            ["Provenance:OldHead"] = oldHead,
            ["Provenance:WitnessPolicy"] = policy,
            ["Logging:LogLevel:Default"] = "Warning",
        }.Where(setting => setting.Value is not null),
        CancellationToken.None);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
