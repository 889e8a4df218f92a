using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProvenanceGrains.Grains.Journals;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Memory;

namespace ProvenanceGrains.Grains.Tests.Journals;

/// <summary>G2: a journal never forks, whoever else appends and whatever is refused.</summary>
public sealed class UnitCommitterTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new NoProjector());
    private readonly DeferringWriter _writer;
    private readonly IHost _host;
    private readonly UnitCommitter _committer;
    private int _ids;

    public UnitCommitterTests()
    {
        _writer = new DeferringWriter(_store);
        _host = StartSilo(_store);
        _committer = NewCommitter(_host);
    }

    public async ValueTask DisposeAsync()
    {
        _committer.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task A_unit_over_many_journals_continues_each_of_them()
    {
        await CommitAsync(("a", "1"), ("b", "1"));
        await CommitAsync(("b", "2"), ("c", "2"), ("a", "2"));
        await AssertJournalsAsync(("a", 2), ("b", 2), ("c", 1));
    }

    [Fact]
    public async Task G2_entries_that_somebody_else_appended_are_read_again_and_continued()
    {
        await CommitAsync(("a", "1"));
        using var otherSilo = StartSilo(_store);
        using var other = NewCommitter(otherSilo);
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<AppendOutcome.Committed>(await other.CommitAsync(Draft(null, ("a", "x")), default));
            Assert.IsType<AppendOutcome.Committed>(await _committer.CommitAsync(Draft(null, ("a", "y")), default));
        }

        await AssertJournalsAsync(("a", 11));
        await otherSilo.StopAsync();
    }

    [Fact]
    public async Task G2_two_silos_that_append_to_the_same_journals_at_once_lose_nothing()
    {
        using var otherSilo = StartSilo(_store);
        using var other = NewCommitter(otherSilo);
        var committed = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var committer = i % 2 == 0 ? _committer : other;
            await Task.Yield();
            try
            {
                await committer.CommitAsync(Draft(null, ("a", $"{i}"), ("b", $"{i}")), default);
                Interlocked.Increment(ref committed);
            }
            catch (StoreBusyException)
            {
                // The other silo was faster eight times: nothing was written, and the sender is told so.
            }
        }));
        Assert.True(committed > 0);
        await AssertJournalsAsync(("a", committed), ("b", committed));
        await otherSilo.StopAsync();
    }

    [Fact]
    public async Task Units_are_pipelined_and_those_behind_a_refused_one_are_numbered_anew()
    {
        await CommitAsync(("a", "0"));
        var name = Hash256.Sha256("taken"u8);
        await _committer.CommitAsync(Draft(name, ("z", "0")), default);

        _writer.Hold();
        var refused = _committer.CommitAsync(Draft(name, ("a", "1")), default);
        var second = _committer.CommitAsync(Draft(null, ("a", "2"), ("b", "2")), default);
        var third = _committer.CommitAsync(Draft(null, ("b", "3")), default);
        Assert.False(third.IsCompleted);
        _writer.Release();

        Assert.IsType<AppendOutcome.Taken>(await refused);
        Assert.IsType<AppendOutcome.Committed>(await second);
        Assert.IsType<AppendOutcome.Committed>(await third);
        await AssertJournalsAsync(("a", 2), ("b", 2), ("z", 1));
    }

    [Fact]
    public async Task A_full_queue_leaves_the_journals_as_they_were()
    {
        await CommitAsync(("a", "0"));
        _writer.Refuse = true;
        await Assert.ThrowsAsync<StoreBusyException>(() => _committer.CommitAsync(Draft(null, ("a", "1")), default));
        _writer.Refuse = false;
        await CommitAsync(("a", "2"));
        await AssertJournalsAsync(("a", 2));
    }

    [Fact]
    public async Task Every_commitment_is_the_one_of_the_stored_groups()
    {
        await CommitAsync(("a", "1"), ("b", "2"));
        for (var ordinal = 0; ordinal < 2; ordinal++)
        {
            var entry = await _store.ReadEntryAsync(ordinal, default);
            Assert.NotNull(entry);
            var commitment = Payload.Commitment(
                Payload.GroupDigest(FieldGroup.Entity, entry.EntitySalt, Payload.EncodeEntity(entry.Entity)),
                Payload.GroupDigest(FieldGroup.Type, entry.TypeSalt, Payload.EncodeType(entry.EntryType, entry.Role)),
                Payload.GroupDigest(FieldGroup.Author, entry.Author.Salt, entry.Author.Bytes.Span),
                Payload.GroupDigest(FieldGroup.Content, entry.Content.Salt, entry.Content.Bytes.Span));
            Assert.Equal(commitment, entry.Header.Commitment);
            Assert.NotEqual(entry.EntitySalt, entry.TypeSalt);
        }
    }

    private static IHost StartSilo(MemoryStore store)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<IJournalReader>(store);
        builder.Services.AddSingleton<IEntityIndexFunction>(HashedEntityIndex.Instance);
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
        var host = builder.Build();
        host.Start();
        return host;
    }

    private UnitCommitter NewCommitter(IHost host) =>
        new(host.Services.GetRequiredService<IGrainFactory>(), _writer, new CountingSalts());

    private async Task CommitAsync(params (string Key, string Content)[] entries) =>
        Assert.IsType<AppendOutcome.Committed>(await _committer.CommitAsync(Draft(null, entries), default));

    private UnitDraft Draft(Hash256? claim, params (string Key, string Content)[] entries) => new()
    {
        Id = (UInt128)Interlocked.Increment(ref _ids),
        TimeMs = 1_000,
        Author = Payload.EncodeAuthor("key", "request"),
        Matters = [.. entries.Select((entry, i) => new MatterDraft(
            "test",
            System.Text.Encoding.UTF8.GetBytes(entry.Content),
            i == 0 ? claim : null,
            [(EntityId.Create("lot", entry.Key), "epc")],
            null))],
        Note = default,
    };

    private async Task AssertJournalsAsync(params (string Key, int Length)[] expected)
    {
        foreach (var (key, length) in expected)
        {
            var journal = await _store.ReadJournalAsync(EntityId.Create("lot", key), 0, 1_000, default);
            Assert.Equal(length, journal.Count);
            var previous = Hash256.Zero;
            for (var i = 0; i < journal.Count; i++)
            {
                Assert.Equal(i, journal[i].Header.Sequence);
                Assert.Equal(previous, journal[i].Header.Previous);
                previous = journal[i].Header.LeafHash();
            }
        }
    }

    /// <summary>A writer that keeps its order and can be told to wait.</summary>
    private sealed class DeferringWriter(IJournalWriter inner) : IJournalWriter
    {
        private readonly Lock _order = new();
        private Task<AppendOutcome>? _last;
        private TaskCompletionSource _gate = Open();

        public bool Refuse { get; set; }

        public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate.SetResult();

        public ValueTask<AppendOutcome> AppendAsync(
            CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, CancellationToken cancellation)
        {
            if (Refuse)
            {
                throw new StoreBusyException("full");
            }

            lock (_order)
            {
                _last = AfterAsync(_last, unit, projections, _gate.Task);
                return new ValueTask<AppendOutcome>(_last);
            }
        }

        private static TaskCompletionSource Open()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }

        private async Task<AppendOutcome> AfterAsync(
            Task<AppendOutcome>? before, CommitUnit unit, IReadOnlyList<MatterProjection?>? projections, Task gate)
        {
            if (before is not null)
            {
                await before;
            }

            await gate;
            return await inner.AppendAsync(unit, projections, default);
        }
    }

    private sealed class CountingSalts : ISaltSource
    {
        private int _count;

        public void Fill(Span<byte> destination)
        {
            for (var i = 0; i < destination.Length; i += 16)
            {
                BinaryPrimitives.WriteInt32BigEndian(destination[i..], Interlocked.Increment(ref _count));
            }
        }
    }

    private sealed class NoProjector : IMatterProjector
    {
        public MatterProjection? Project(string entryType, ReadOnlyMemory<byte> matter) => null;
    }
}
