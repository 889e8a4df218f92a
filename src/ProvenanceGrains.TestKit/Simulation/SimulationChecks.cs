using System.Text;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Sealing;
using ProvenanceGrains.TestKit.Storage;
using Xunit.Sdk;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>What must hold, seen from outside: by clients who remember their answers, and by an observer who remembers the last checkpoint.</summary>
internal sealed class SimulationChecks(SimulatedWorld world)
{
    private readonly LogChecker _observer = new(world.Key.Verifier);
    private readonly byte[] _trust = Encoding.UTF8.GetBytes(world.Key.Verifier.ToString());
    private readonly Dictionary<Hash256, ExpectedEvent> _events = world.Documents
        .SelectMany(document => document.Events).DistinctBy(one => one.Content).ToDictionary(one => one.Content);

    /// <summary>Takes the engine's answer to a request, and what the client concludes from it.</summary>
    public void Take(SimulatedDocument document, CaptureOutcome outcome)
    {
        switch (outcome)
        {
            case CaptureOutcome.Captured captured:
                Require(document.IsValid, $"Document {document.Number} breaks rules and was captured.");
                Require(
                    document.Proceeds || captured.Receipt.EventIds.SequenceEqual(document.Events.Select(one => one.EventId)),
                    $"The receipt of document {document.Number} names other events.");
                document.Answer = outcome;
                world.Counts.Acknowledged += document.IsAcknowledged ? 0 : 1;
                document.IsAcknowledged = true;
                break;
            case CaptureOutcome.Invalid or CaptureOutcome.TooLarge:
                Require(!document.IsValid, $"Document {document.Number} keeps the rules and was refused.");
                document.Answer = outcome;
                break;
            case CaptureOutcome.Conflict:
                Require(!document.IsAcknowledged, $"Document {document.Number} was captured and is now in conflict.");
                Require(document.Events.Any(one => one.IsShared), $"Nothing is in conflict with document {document.Number}.");
                world.Counts.Conflicts += document.Answer is null ? 1 : 0;
                document.Answer = outcome;
                break;
            case CaptureOutcome.Busy or CaptureOutcome.Unavailable:
                break;
        }
    }

    /// <summary>What the public sees just now, at any time: a whole log that continues the one seen before.</summary>
    public void CheckPublished() => Settled.Result(_observer.CheckAsync(world.Seals));

    /// <summary>The sealer's own records: each is a block that continues the one before.</summary>
    public void CheckBlocks()
    {
        var identity = BlockIdentity.Of(world.Key.Verifier);
        BlockHead? previous = null;
        for (var height = 0L; height < world.Seals.BlockCount; height++)
        {
            var bytes = Settled.Result(world.Seals.ReadBlockAsync(height, default));
            Require(BlockRecord.TryParse(bytes, out var record, out var error), $"Block {height}: {error}");
            Require(BlockBuilder.TryVerify(identity, previous, record!.Content, record.Header, out error), $"Block {height}: {error}");
            previous = record.ToHead();
        }
    }

    /// <summary>Everything, when the engine has come to rest.</summary>
    public void CheckAll()
    {
        var index = world.Engine!.Journal.Index;
        var stored = Settled.Result(StoreChecker.CheckAsync(index));
        var published = Settled.Result(_observer.CheckAsync(world.Seals));
        Require(
            published.SequenceEqual(stored.Select(entry => entry.Header)),
            "The log does not hold the committed entries in the order of their commit.");
        CheckBlocks();
        CheckEvents(stored);
        CheckAnswers(index, ReadLog(), ReadJournals(index));
        world.Counts.Blocks += world.Seals.BlockCount;
        world.Counts.Entries += stored.Count;
    }

    public long SealedEntries()
    {
        var count = world.Seals.BlockCount;
        return count > 0
            && BlockRecord.TryParse(Settled.Result(world.Seals.ReadBlockAsync(count - 1, default)), out var block, out _)
                ? block.Content.NextOrdinal
                : 0;
    }

    public bool IsPublished()
    {
        var committed = Settled.Result(world.Seals.ReadCommittedAsync(default));
        var published = Settled.Result(world.Seals.ReadCheckpointAsync(default));
        return committed is null ? published is null : published is not null && committed.AsSpan().SequenceEqual(published);
    }

    public string Describe() =>
        $"{world.Seals.BlockCount} blocks, {Encoding.UTF8.GetString(Settled.Result(world.Seals.ReadCheckpointAsync(default)) ?? [])}";

    /// <summary>Histories of all journals as a reader gets them, each with its verdict; the sealer's own last.</summary>
    /// <param name="journals">What is read of the journals.</param>
    /// <param name="log">What is read of the log.</param>
    /// <param name="verifies">Whether to verify a journal's history: most of the cost is the checkpoint's signature.</param>
    public List<(EntityId Entity, History? History, string? Refusal)> ReadHistories(
        IJournalReader journals, ILogReader log, Func<EntityId, bool> verifies)
    {
        var histories = new Histories(new LogProofs(log), journals, world.Key.Verifier, HashedEntityIndex.Instance);
        var answers = new List<(EntityId, History?, string?)>();
        var chain = BlockIdentity.Of(world.Key.Verifier).Entity;
        foreach (var entity in world.Engine!.Journal.Index.Journals.Keys.Append(chain))
        {
            try
            {
                var part = Settled.Result(histories.ReadAsync(entity, 0, Histories.MaxEntries, default));
                var history = part?.History;
                var verdict = history is null || !verifies(entity) ? null : OfflineVerifier.VerifyHistory(HistoryJson.Write(history), _trust);
                answers.Add((entity, history, verdict is null or { IsSound: true } ? null : verdict.Failures.First().ToString()));
            }
            catch (Exception refused) when (refused is InvalidDataException or ArgumentException or IndexOutOfRangeException)
            {
                // The reader itself saw that the store contradicts itself.
                answers.Add((entity, null, refused.Message));
            }
        }

        return answers;
    }

    /// <summary>The observer's verdict on the public log; null if nothing is wrong with it.</summary>
    public string? Refute(ILogReader log)
    {
        try
        {
            Settled.Result(_observer.CheckAsync(log));
            CheckBlocks();
            return null;
        }
        catch (Exception found) when (found is FindingException or XunitException or InvalidDataException or ArgumentException)
        {
            return found.Message;
        }
    }

    /// <summary>Whether a history says anything that is not so: an event that nobody sent.</summary>
    public bool IsInvented(History history) => history.Entries.Any(entry =>
        entry.Groups.Count > 3 && !_events.ContainsKey(Hash256.Sha256(entry.Groups[3].Content.Span)));

    private IJournalReader ReadJournals(SimulatedIndex index) =>
        world.Bug == PlantedBug.ReadsStaleHead ? new StaleHeadReader(index) : index;

    private ILogReader ReadLog() =>
        world.Bug == PlantedBug.ReadsWrongTile ? new CarelessLogReader(world.Seals) : world.Seals;

    /// <summary>Acknowledged means present and unchanged; a document is there whole or not at all; an event is there once.</summary>
    private void CheckEvents(IReadOnlyList<StoredEntry> stored)
    {
        var present = new Dictionary<Hash256, (UInt128 Unit, int Entries)>();
        foreach (var entry in stored)
        {
            var content = Hash256.Sha256(entry.Content.Bytes.Span);
            Require(_events.ContainsKey(content), $"Entry {entry.Ordinal} holds what nobody sent.");
            var (unit, entries) = present.GetValueOrDefault(content, (entry.UnitId, 0));
            Require(unit == entry.UnitId, $"Event {_events[content].EventId} was recorded twice.");
            present[content] = (unit, entries + 1);
        }

        foreach (var (content, (_, entries)) in present)
        {
            Require(entries == _events[content].Objects, $"Event {_events[content].EventId} is there in part.");
        }

        Require(
            present.Keys.Select(content => _events[content].EventId).Distinct().Count() == present.Count,
            "Two events bear one id.");
        foreach (var document in world.Documents)
        {
            CheckDocument(document, present);
        }
    }

    private static void CheckDocument(SimulatedDocument document, Dictionary<Hash256, (UInt128, int)> present)
    {
        var own = document.Events.Where(one => !one.IsShared).ToList();
        var there = own.Count(one => present.ContainsKey(one.Content));
        Require(there == 0 || there == own.Count, $"Half of document {document.Number} is there.");
        Require(there == 0 || document.IsValid, $"Document {document.Number} breaks rules and was recorded.");
        Require(!document.IsAcknowledged || there == own.Count, $"Document {document.Number} was acknowledged and is not there.");
        var shared = document.Events.Where(one => one.IsShared).All(one => present.ContainsKey(one.Content));
        Require(
            !document.IsAcknowledged || document.Proceeds || shared,
            $"An event of document {document.Number} was acknowledged and is not there.");
        Require(
            document.Answer is not CaptureOutcome.Conflict || (there == 0 && !shared) || document.Proceeds,
            $"Document {document.Number} was refused for a conflict that there is not.");
    }

    /// <summary>No answer that verification refutes, and none that leaves something out.</summary>
    private void CheckAnswers(SimulatedIndex index, ILogReader log, IJournalReader journals)
    {
        var verified = index.Journals.Keys.Append(BlockIdentity.Of(world.Key.Verifier).Entity)
            .Skip(world.Random.Next(index.Journals.Count + 1)).Take(1).ToHashSet();
        foreach (var (entity, history, refusal) in ReadHistories(journals, log, verified.Contains))
        {
            Require(refusal is null, $"The history of {entity} is refuted: {refusal}");
            var expected = index.Journals.TryGetValue(entity, out var journal) ? journal.Count : world.Seals.BlockCount;
            Require(
                (history?.Entries.Count ?? 0) == expected,
                $"The history of {entity} has {history?.Entries.Count} entries, but {expected} were sealed.");
        }

        var proofs = new LogProofs(log);
        if (Settled.Result(proofs.SnapshotAsync(default)) is { } snapshot)
        {
            var leaf = world.Random.Next((int)snapshot.Size);
            var receipt = Settled.Result(proofs.ReceiptAsync(leaf, default))!;
            var verdict = OfflineVerifier.VerifyReceipt(receipt.ToArray(), _trust);
            Require(verdict.IsSound, $"The receipt of leaf {leaf} is refuted: {verdict}");
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
