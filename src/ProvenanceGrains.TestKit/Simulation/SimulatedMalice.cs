using System.Text;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>
/// An epilogue: whoever controls the store rewrites, drops, swaps or rolls back what is committed, without the log's key. Somebody
/// must notice: a verification, the observer with the last checkpoint, a client with a receipt, or the engine at its next start.
/// </summary>
internal sealed class SimulatedMalice(SimulatedWorld world, SimulationChecks checks, SeededRandom random)
{
    private SimulatedIndex Index => world.Engine!.Journal.Index;

    /// <summary>Tampers in one way and asks everybody.</summary>
    /// <returns>What was done and who noticed.</returns>
    /// <exception cref="FindingException">Nobody noticed, or an answer was accepted that is not true.</exception>
    public string Run()
    {
        if (world.Seals.BlockCount < 2 || Index.Committed < 3)
        {
            return "malice: there is too little to tamper with";
        }

        // What clients took away before: the headers of all sealed entries, each with a receipt that was verified.
        var receipts = Index.Journals.ToDictionary(
            pair => pair.Key, pair => pair.Value.ConvertAll(entry => entry.Header.ToArray()));
        var deed = Tamper();
        var answers = checks.ReadHistories(Index, world.Seals, _ => true);
        var refutations = answers.Where(answer => answer.Refusal is not null)
            .Select(answer => $"history of {answer.Entity}: {answer.Refusal}").ToList();
        foreach (var (entity, history, _) in answers.Where(answer => answer is { Refusal: null, History: not null }))
        {
            if (receipts.TryGetValue(entity, out var known))
            {
                Require(!checks.IsInvented(history!), $"malice: {deed}: an invented history of {entity} was accepted");
                refutations.AddRange(Contradictions(entity, history!, known));
            }
        }

        // An entity that lost its only entry has no history at all: whoever holds a receipt of it knows better.
        var answered = answers.Where(answer => answer.History is not null).Select(answer => answer.Entity).ToHashSet();
        refutations.AddRange(receipts.Where(receipt => receipt.Value.Count > 0 && !answered.Contains(receipt.Key))
            .Select(receipt => $"history of {receipt.Key}: there is none, but receipts of {receipt.Value.Count} entries are held"));

        if (checks.Refute(world.Seals) is { } observed)
        {
            refutations.Add($"observer: {observed}");
        }

        if (refutations.Count == 0 && Restart() is { } refused)
        {
            refutations.Add($"engine: {refused}");
        }

        Require(refutations.Count > 0, $"malice: {deed}: nobody noticed");
        return $"malice: {deed}: {refutations[0].ReplaceLineEndings(" ")}";
    }

    /// <summary>A client compares a history that verifies with the receipts that it has.</summary>
    private static IEnumerable<string> Contradictions(EntityId entity, History history, List<byte[]> known)
    {
        for (var i = 0; i < known.Count; i++)
        {
            if (i >= history.Entries.Count || !history.Entries[i].Header.Span.SequenceEqual(known[i]))
            {
                yield return $"receipt: the history of {entity} does not hold entry {i}, for which there is a receipt";
            }
        }
    }

    private string Tamper() => random.Next(13) switch
    {
        0 => RewriteContent(hidesIt: false),
        1 => RewriteContent(hidesIt: true),
        2 => SwapContents(),
        3 => DropNewestEntry(),
        4 => RewriteFile("tile/entries/"),
        5 => RewriteFile("tile/0/"),
        6 => DropFile(),
        7 => SwapFiles(),
        8 => RewriteBlock(),
        9 => ForgeCheckpoint(),
        10 when world.HasOlderSeals => RollBack(withJournal: false),
        11 when world.HasOlderSeals => RollBack(withJournal: true),
        _ => RewriteSegment(),
    };

    private StoredEntry AnyEntry() => Index.Entries[random.Next((int)Index.Committed)];

    private string RewriteContent(bool hidesIt)
    {
        var old = AnyEntry();
        var bytes = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(old.Content.Bytes.Span).Replace("OBSERVE", "DELETED", StringComparison.Ordinal));
        var forged = old with { Content = new SaltedBytes(old.Content.Salt, bytes) };
        if (hidesIt)
        {
            forged = forged with { Header = old.Header with { Commitment = CommitmentOf(forged) } };
        }

        Index.Replace((int)old.Ordinal, forged);
        return $"entry {old.Ordinal} was rewritten{(hidesIt ? ", its header to match" : "")}";
    }

    private static Ledger.Hash256 CommitmentOf(StoredEntry entry) => UnitCheck.CommitmentOf(
        new UnitEntry(entry.Entity, entry.Header, entry.EntitySalt, entry.TypeSalt, entry.EntryType, entry.Role, 0),
        Payload.GroupDigest(FieldGroup.Author, entry.Author.Salt, entry.Author.Bytes.Span),
        Payload.GroupDigest(FieldGroup.Content, entry.Content.Salt, entry.Content.Bytes.Span));

    private string SwapContents()
    {
        var first = AnyEntry();
        var second = Index.Entries.FirstOrDefault(entry => !entry.Content.Bytes.Span.SequenceEqual(first.Content.Bytes.Span));
        if (second is null)
        {
            return RewriteContent(hidesIt: false);
        }

        Index.Replace((int)first.Ordinal, first with { Content = second.Content });
        Index.Replace((int)second.Ordinal, second with { Content = first.Content });
        return $"the contents of entries {first.Ordinal} and {second.Ordinal} were swapped";
    }

    private string DropNewestEntry()
    {
        var entity = AnyEntry().Entity;
        Index.Shorten(entity);
        return $"the newest entry of {entity} was dropped";
    }

    /// <summary>A file of the tree as it is now. Partial files of earlier sizes are superseded: nobody reads them.</summary>
    private string AnyFile(string prefix)
    {
        var current = world.Seals.Files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var longest = current.Max(path => world.Seals.Files[path].Length);
        return current.Where(path => !path.Contains(".p/", StringComparison.Ordinal) || world.Seals.Files[path].Length == longest)
            .Order(StringComparer.Ordinal).Last();
    }

    private string RewriteFile(string prefix)
    {
        var path = AnyFile(prefix);
        var content = (byte[])world.Seals.Files[path].Clone();
        content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
        world.Seals.TamperFile(path, content);
        return $"one bit of {path} was turned over";
    }

    private string DropFile()
    {
        var path = AnyFile(random.OneIn(2) ? "tile/0/" : "tile/entries/");
        world.Seals.TamperFile(path, null);
        return $"{path} was removed";
    }

    private string SwapFiles()
    {
        var (bundle, tile) = (AnyFile("tile/entries/"), AnyFile("tile/0/"));
        var (first, second) = (world.Seals.Files[bundle], world.Seals.Files[tile]);
        world.Seals.TamperFile(bundle, second);
        world.Seals.TamperFile(tile, first);
        return $"{bundle} and {tile} were swapped";
    }

    private string RewriteBlock()
    {
        var height = random.Next((int)world.Seals.BlockCount);
        var record = (byte[])Settled.Result(world.Seals.ReadBlockAsync(height, default))!.Clone();
        record[random.Next(record.Length)] ^= (byte)(1 << random.Next(8));
        world.Seals.TamperBlock(height, record);
        return $"one bit of block {height} was turned over";
    }

    private string ForgeCheckpoint()
    {
        var note = Encoding.UTF8.GetString(Settled.Result(world.Seals.ReadCheckpointAsync(default))!);
        var lines = note.Split('\n');
        lines[2] = Ledger.Hash256.Sha256("a root of my own"u8) is var root ? Convert.ToBase64String(root.AsSpan()) : lines[2];
        world.Seals.TamperCheckpoint(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return "the published checkpoint was given another root";
    }

    private string RollBack(bool withJournal)
    {
        world.RollBack(withJournal);
        return withJournal ? "everything was set back to an earlier state" : "the log was set back to an earlier state";
    }

    private string RewriteSegment()
    {
        var files = world.Disk.Copy();
        var path = files.Keys.Where(name => name.EndsWith(SegmentHeader.Extension, StringComparison.Ordinal)
            && files[name].Length > SegmentHeader.Size).Order(StringComparer.Ordinal).First();
        var at = SegmentHeader.Size + random.Next(files[path].Length - SegmentHeader.Size);
        files[path][at] ^= (byte)(1 << random.Next(8));
        world.Disk.Replace(files);
        return $"one bit of {path} was turned over, at {at}";
    }

    /// <summary>The engine starts again on what is there; null if it has nothing against it.</summary>
    private string? Restart()
    {
        world.Kill();
        try
        {
            world.Start();
            return null;
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException)
        {
            return refused.Message;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FindingException(otherwise);
        }
    }
}
