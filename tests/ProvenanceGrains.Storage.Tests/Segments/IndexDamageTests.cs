using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Storage.Tests.Segments;

/// <summary>The index may be lost at any time, but no damage to it may let a journal fork or a claim be taken twice.</summary>
public sealed class IndexDamageTests : IDisposable
{
    private const int Lots = 40;

    private readonly StoreFolder _folder = new();
    private readonly JournalBook _book = new();
    private readonly SupplyChainUnits _units = new(21);
    private readonly List<(CommitUnit Unit, MatterDraft Matter)> _written = [];

    private string Database => Path.Combine(_folder.Path, "index", "index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_flipped_bit_of_the_index_forks_a_journal_or_gives_a_claim_away_twice()
    {
        await WriteAsync();
        var sound = await File.ReadAllBytesAsync(Database);
        var random = new Random(5);
        var outcomes = new Dictionary<string, int>();
        for (var i = 0; i < 250; i++)
        {
            var at = random.Next(sound.Length);
            while (sound[at] == 0 && random.Next(20) != 0)
            {
                at = random.Next(sound.Length);
            }

            var bit = random.Next(8);
            var damaged = sound.ToArray();
            damaged[at] ^= (byte)(1 << bit);
            await RestoreAsync(damaged);
            var outcome = await ProbeAsync(random, $"byte {at} bit {bit}");
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        // The sample met both sides: damage that was refused, and damage that did not matter or was mended.
        Assert.True(outcomes.GetValueOrDefault("sound") > 0, string.Join(", ", outcomes));
    }

    [Theory]
    [InlineData("UPDATE entity SET key=key||'x'")]
    [InlineData("UPDATE entity_hash SET pairs=x'00'||substr(pairs, 2)")]
    [InlineData("UPDATE claim_hash SET pairs=x'00'||substr(pairs, 2)")]
    [InlineData("DELETE FROM entity WHERE id=1")]
    [InlineData("DELETE FROM matter WHERE ordinal=0")]
    [InlineData("UPDATE part SET entity=2 WHERE entity=1 AND ordinal=(SELECT max(ordinal) FROM part WHERE entity=1) "
        + "AND ordinal<(SELECT min(ordinal) FROM part WHERE entity=2)")]
    public async Task A_row_that_lies_is_found_out_and_the_index_rebuilt(string sql)
    {
        await WriteAsync();
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the test's own.
            command.CommandText = sql;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        // Each start may find one more thing; in the end all is as it was.
        for (var i = 0; i < 3; i++)
        {
            await ProbeAsync(new Random(i), sql, onlyFirst: true);
        }

        Assert.Equal("sound", await ProbeAsync(new Random(9), sql));
    }

    [Fact]
    public async Task What_cannot_be_opened_as_an_index_is_named()
    {
        Directory.CreateDirectory(Database);
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _folder.OpenAsync());
        Assert.Contains(Database, refused.Message, StringComparison.Ordinal);
    }

    private async Task WriteAsync()
    {
        await using var store = await _folder.OpenAsync();
        for (var i = 0; i < 120; i++)
        {
            var matter = _units.MatterOf(SupplyChainUnits.Lot(i < Lots ? i : _units.Next(Lots)));
            var unit = _book.Write((UInt128)(uint)(i + 1), 1_700_000_000_000 + i, matter);
            Assert.IsType<AppendOutcome.Committed>(await store.AppendAsync(unit, null, default));
            _written.Add((unit, matter));
        }
    }

    private async Task RestoreAsync(byte[] database)
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Database)!))
        {
            File.Delete(file);
        }

        await File.WriteAllBytesAsync(Database, database);
    }

    // Neither probe is ever committed, so the log stays what it is: a fork is an entry that pretends to be a journal's first, or
    // repeats its last one.
    private async Task<string> ProbeAsync(Random random, string what, bool onlyFirst = false)
    {
        try
        {
            await using var store = await _folder.OpenAsync();
            for (var i = 0; i < 6; i++)
            {
                var lot = SupplyChainUnits.Lot(onlyFirst && i == 0 ? 0 : random.Next(Lots));
                var head = await store.GetHeadAsync(lot, default);
                Assert.True(head == _book.HeadOf(lot), $"{what}: the head of {lot} is {head.Length}");
                var claim = _written[onlyFirst && i == 0 ? 0 : random.Next(_written.Count)].Matter.Claims[0];
                Assert.True(await store.FindByClaimAsync(claim, default) is not null, $"{what}: a claim is free again");
                var fork = new JournalBook().Write(1_000_000, 1_700_000_000_000, _units.MatterOf(lot));
                Assert.IsType<AppendOutcome.Fenced>(await store.AppendAsync(fork, null, default));
                var again = _book.Copy().Write(
                    1_000_001, 1_700_000_000_000, _units.MatterOf(lot) with { Claims = [claim] });
                Assert.IsType<AppendOutcome.Taken>(await store.AppendAsync(again, null, default));
            }

            return "sound";
        }
        catch (Exception refused) when (refused is StoreUnavailableException or Storage.Segments.StoreDamagedException)
        {
            return refused.GetType().Name;
        }
    }
}
