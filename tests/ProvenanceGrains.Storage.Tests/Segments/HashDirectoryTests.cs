using ProvenanceGrains.Storage.Segments.Index;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class HashDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("provenance-index-").FullName;
    private readonly Dictionary<long, List<long>> _expected = [];
    private readonly Random _random = new(11);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_pair_is_found_through_runs_merges_and_reopenings()
    {
        using (var db = Open(create: true))
        {
            IndexSchema.CreateTables(db.Database);
        }

        // 400,000 pairs: 12 runs, of which 3 merges are left over; some hashes lead to several numbers.
        for (var round = 0; round < 4; round++)
        {
            using var db = Open(create: false);
            var shared = new SharedPairs();
            var writer = new HashDirectoryWriter(db, HashDirectory.Claims, shared);
            for (var batch = 0; batch < 20; batch++)
            {
                IndexSchema.Execute(db.Database, "BEGIN");
                for (var i = 0; i < 5000; i++)
                {
                    Add(writer);
                }

                writer.Save();
                IndexSchema.Execute(db.Database, "COMMIT");
                writer.Published();
            }

            Check(new HashDirectory(db, HashDirectory.Claims, shared));
        }
    }

    [Fact]
    public void A_reader_from_before_a_flush_and_one_from_after_it_find_the_same()
    {
        using var db = Open(create: true);
        IndexSchema.CreateTables(db.Database);
        var shared = new SharedPairs();
        var writer = new HashDirectoryWriter(db, HashDirectory.Claims, shared);
        for (var i = 0; i < 40_000; i++)
        {
            Add(writer);
        }

        using var other = Open(create: false);
        var before = new HashDirectory(other, HashDirectory.Claims, shared);
        before.Renew();
        IndexSchema.Execute(db.Database, "BEGIN");
        writer.Save();
        IndexSchema.Execute(db.Database, "COMMIT");
        writer.Published();
        Check(before);
        before.Renew();
        Check(before);
    }

    [Fact]
    public void A_filter_never_denies_what_was_added_and_seldom_affirms_what_was_not()
    {
        var filter = new PresenceFilter();
        var added = new HashSet<long>();
        while (added.Count < 300_000)
        {
            var hash = _random.NextInt64(long.MinValue, long.MaxValue);
            added.Add(hash);
            filter.Add(hash);
        }

        Assert.All(added, hash => Assert.True(filter.MayContain(hash)));
        var wrong = Enumerable.Range(0, 100_000).Count(_ => filter.MayContain(_random.NextInt64(long.MinValue, long.MaxValue)));
        Assert.InRange(wrong, 0, 1000);
    }

    private PreparedConnection Open(bool create)
    {
        var db = new PreparedConnection(Path.Combine(_folder, "index.db"), create);
        IndexSchema.ConfigureWriter(db.Database);
        return db;
    }

    private void Add(HashDirectoryWriter writer)
    {
        var hash = _random.Next(50) == 0 && _expected.Count > 0
            ? _expected.Keys.First()
            : _random.NextInt64(long.MinValue, long.MaxValue);
        var value = _random.NextInt64();
        writer.Add(hash, value);
        if (!_expected.TryGetValue(hash, out var values))
        {
            _expected.Add(hash, values = []);
        }

        values.Add(value);
    }

    private void Check(HashDirectory directory)
    {
        var found = new List<long>();
        foreach (var (hash, values) in _expected)
        {
            directory.Find(hash, found);
            Assert.Equal(values.Order(), found);
        }

        directory.Find(_random.NextInt64(), found);
        Assert.Empty(found);
    }
}
