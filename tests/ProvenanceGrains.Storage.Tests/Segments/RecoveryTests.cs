using Microsoft.Extensions.Logging.Abstractions;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Segments;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class RecoveryTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly SupplyChainUnits _units = new(1);
    private readonly JournalBook _book = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_torn_tail_at_every_byte_recovers_exactly_the_earlier_frames()
    {
        var written = await WriteAsync(3);
        var sound = File.ReadAllBytes(_folder.Segment(0));
        var last = (int)SegmentSample.Walk(sound)[^1].Offset;
        var segments = Path.GetDirectoryName(_folder.Segment(0))!;
        _folder.DeleteIndex();
        for (var length = last; length < sound.Length; length++)
        {
            File.WriteAllBytes(_folder.Segment(0), sound[..length]);
            var tail = new SegmentRecovery(_folder.Options, segments, 0, NullLogger.Instance).Recover();
            Assert.Equal((written[2].First, (long)last), (tail.NextOrdinal, tail.Length));
            Assert.Equal(sound[..last], File.ReadAllBytes(_folder.Segment(0)));
            if (length > last)
            {
                var kept = Path.Combine(segments, $"torn-00000000-{last}.bin");
                Assert.Equal(sound[last..length], File.ReadAllBytes(kept));
            }
        }

        await using var reopened = await _folder.OpenAsync();
        var entries = await StoreChecker.CheckAsync(reopened);
        Assert.All(written.Take(2), w => StoreChecker.Holds(entries, w.Unit, w.First));
        Assert.Equal(written[2].First, await CommitAsync(reopened, written[2].Unit));
    }

    [Fact]
    public async Task Damage_before_a_later_batch_keeps_the_store_closed_and_names_the_place()
    {
        await WriteAsync(3);
        var sound = File.ReadAllBytes(_folder.Segment(0));
        var frames = SegmentSample.Walk(sound);
        for (var at = SegmentHeader.Size; at < frames[^1].Offset; at += 13)
        {
            var damaged = (byte[])sound.Clone();
            damaged[at] ^= 0x40;
            _folder.DeleteIndex();
            File.WriteAllBytes(_folder.Segment(0), damaged);
            var refusal = await Assert.ThrowsAsync<StoreDamagedException>(() => _folder.OpenAsync());
            Assert.Equal(_folder.Segment(0), refusal.File);
            Assert.Equal(frames.Last(f => f.Offset <= at).Offset, refusal.Offset);
            Assert.Equal(damaged, File.ReadAllBytes(_folder.Segment(0)));
        }
    }

    [Fact]
    public async Task A_damaged_header_keeps_the_store_closed()
    {
        await WriteAsync(1);
        var bytes = File.ReadAllBytes(_folder.Segment(0));
        bytes[40] ^= 1;
        File.WriteAllBytes(_folder.Segment(0), bytes);
        var refusal = await Assert.ThrowsAsync<StoreDamagedException>(() => _folder.OpenAsync());
        Assert.Equal(0, refusal.Offset);
    }

    [Fact]
    public async Task Sealed_entries_are_never_cut_off()
    {
        var written = await WriteAsync(3);
        Truncate(1);
        _folder.DeleteIndex();
        await Assert.ThrowsAsync<StoreDamagedException>(() => _folder.OpenAsync(written[2].First + 1));
        await using var store = await _folder.OpenAsync(written[2].First);
        Assert.Equal(written[2].First, store.Committed);
    }

    [Fact]
    public async Task Indexed_entries_are_never_cut_off()
    {
        await WriteAsync(2);
        Truncate(1);
        await Assert.ThrowsAsync<StoreDamagedException>(() => _folder.OpenAsync());
    }

    [Fact]
    public async Task A_batch_that_a_crash_tore_in_its_middle_is_cut_off_whole()
    {
        // Three frames in one batch: hold the first unit's fsync, so that the next three wait together.
        var disk = new FaultyDisk();
        var store = await StoreFolder.OpenAsync(_folder.Options with { Disk = disk });
        disk.Hold();
        var tasks = new List<Task<AppendOutcome>> { AppendAsync(store) };
        await disk.Held.Task;
        tasks.AddRange([AppendAsync(store), AppendAsync(store), AppendAsync(store)]);
        disk.Release();
        await Task.WhenAll(tasks);
        await store.DisposeAsync();
        var bytes = File.ReadAllBytes(_folder.Segment(0));
        var frames = SegmentSample.Walk(bytes).Skip(1).ToList();
        Assert.Equal(frames[1].Frame.DurableOrdinal, frames[3].Frame.DurableOrdinal);

        // As if the disk had kept the pages of the second and third of them, but not of the first.
        bytes.AsSpan((int)frames[1].Offset, 100).Clear();
        File.WriteAllBytes(_folder.Segment(0), bytes);
        _folder.DeleteIndex();
        await using var recovered = await _folder.OpenAsync();
        Assert.Equal(frames[1].FirstOrdinal, recovered.Committed);
        await StoreChecker.CheckAsync(recovered);
    }

    [Fact]
    public async Task A_missing_or_shortened_segment_keeps_the_store_closed()
    {
        var options = _folder.Options with { SegmentBytes = 3_000 };
        await WriteAsync(30, options);
        Assert.True(File.Exists(_folder.Segment(3)));
        var bytes = File.ReadAllBytes(_folder.Segment(1));

        File.WriteAllBytes(_folder.Segment(1), bytes[..^1]);
        var shortened = await Assert.ThrowsAsync<StoreDamagedException>(() => StoreFolder.OpenAsync(options));
        Assert.Equal((_folder.Segment(1), bytes.Length - 1L), (shortened.File, shortened.Offset));

        File.Delete(_folder.Segment(1));
        var missing = await Assert.ThrowsAsync<StoreDamagedException>(() => StoreFolder.OpenAsync(options));
        Assert.Equal(_folder.Segment(1), missing.File);

        File.WriteAllBytes(_folder.Segment(1), bytes);
        await using var store = await StoreFolder.OpenAsync(options);
        await StoreChecker.CheckAsync(store);
    }

    [Fact]
    public async Task All_segments_gone_is_noticed_and_not_taken_for_a_new_store()
    {
        await WriteAsync(1);
        File.Delete(_folder.Segment(0));
        await Assert.ThrowsAsync<StoreDamagedException>(() => _folder.OpenAsync());
    }

    [Fact]
    public async Task A_segment_that_was_not_in_use_yet_is_removed()
    {
        var written = await WriteAsync(2);
        File.WriteAllText(_folder.Segment(1) + ".tmp", "half a header");
        await using var store = await _folder.OpenAsync();
        Assert.False(File.Exists(_folder.Segment(1) + ".tmp"));
        Assert.Equal(written[1].First + written[1].Unit.Entries.Count, store.Committed);
    }

    [Fact]
    public async Task A_second_opener_is_refused()
    {
        await using var store = await _folder.OpenAsync();
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(() => _folder.OpenAsync());
        Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, await CommitAsync(store, _units.Next(_book, 5)));
    }

    [Fact]
    public async Task Damage_under_a_running_store_is_reported_and_never_returned()
    {
        await using var store = await StoreFolder.OpenAsync(_folder.Options);
        var unit = _units.Next(_book, 5);
        await CommitAsync(store, unit);
        using (var file = new FileStream(_folder.Segment(0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 3;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 1));
        }

        await Assert.ThrowsAsync<StoreDamagedException>(
            async () => await store.ReadEntryAsync(unit.Entries.Count - 1, default));
    }

    private async Task<List<(CommitUnit Unit, long First)>> WriteAsync(int count, SegmentStoreOptions? options = null)
    {
        await using var store = await StoreFolder.OpenAsync(options ?? _folder.Options);
        var written = new List<(CommitUnit, long)>();
        for (var i = 0; i < count; i++)
        {
            var unit = _units.Next(_book, 5);
            written.Add((unit, await CommitAsync(store, unit)));
        }

        return written;
    }

    private Task<AppendOutcome> AppendAsync(SegmentStore store) =>
        store.AppendAsync(_units.Next(_book, 5), null, default).AsTask();

    private static async Task<long> CommitAsync(SegmentStore store, CommitUnit unit) =>
        Assert.IsType<AppendOutcome.Committed>(await store.AppendAsync(unit, null, default)).FirstOrdinal;

    private void Truncate(int bytes)
    {
        using var file = new FileStream(_folder.Segment(0), FileMode.Open);
        file.SetLength(file.Length - bytes);
    }
}
