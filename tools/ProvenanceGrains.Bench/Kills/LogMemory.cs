using System.Net;
using System.Text;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Ledger.Proofs;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>
/// A stranger who keeps every checkpoint and some receipts, and holds the log to them: each old checkpoint must be a prefix of the
/// new one, and each receipt must go on to verify, its entry still standing at its leaf.
/// </summary>
internal sealed class LogMemory
{
    private const int ReceiptsAtATime = 4;

    private readonly Dictionary<long, Checkpoint> _checkpoints = [];
    private readonly Dictionary<long, TlogProof> _receipts = [];
    private VerifierKey? _key;

    /// <summary>The log's verifier key as it was first seen.</summary>
    public VerifierKey Key => _key ?? throw new BenchException("The log was never asked for its key.");

    public int Checkpoints => _checkpoints.Count;

    public int Receipts => _receipts.Count;

    /// <summary>1. The key. 2. The checkpoint, and all older ones against it. 3. Old receipts. 4. Some new ones.</summary>
    /// <exception cref="BenchException">The log is not the one that it was.</exception>
    public async Task CheckAsync(HttpClient silo, Random random, CancellationToken cancellation)
    {
        // 1.
        var vkey = (await silo.GetStringAsync("log/vkey", cancellation)).TrimEnd('\n');
        if (!VerifierKey.TryParse(vkey, out var key, out var error))
        {
            throw new BenchException($"LOG: the verifier key is none: {error}");
        }

        _key ??= key;
        if (vkey != _key.ToString())
        {
            throw new BenchException($"LOG: the verifier key was {_key} and is now {vkey}.");
        }

        // 2.
        var policy = LogPolicy.TrustLog(_key);
        if (await ReadCheckpointAsync(silo, policy, cancellation) is not { } now)
        {
            return;
        }

        foreach (var old in _checkpoints.Values)
        {
            await CheckPrefixAsync(silo, old, now, cancellation);
        }

        _checkpoints.TryAdd(now.Size, now);

        // 3.
        foreach (var (leaf, receipt) in _receipts)
        {
            var again = await FetchReceiptAsync(silo, leaf, cancellation);
            if (again?.Extra is not { } header || !header.Span.SequenceEqual(receipt.Extra!.Value.Span))
            {
                throw new BenchException($"LOG: leaf {leaf} is not what it was when a receipt for it was given.");
            }
        }

        // 4.
        for (var i = 0; i < ReceiptsAtATime && now.Size > 0; i++)
        {
            var leaf = random.NextInt64(now.Size);
            if (await FetchReceiptAsync(silo, leaf, cancellation) is { } receipt)
            {
                _receipts[leaf] = receipt;
            }
        }
    }

    /// <summary>Every receipt ever fetched verifies offline, with the key that was first seen.</summary>
    public void VerifyReceipts()
    {
        var trust = Encoding.UTF8.GetBytes(Key + "\n");
        foreach (var (leaf, receipt) in _receipts)
        {
            var verdict = OfflineVerifier.VerifyReceipt(receipt.ToArray(), trust);
            if (!verdict.IsSound)
            {
                throw new BenchException($"LOG: the receipt of leaf {leaf} does not verify: {verdict}");
            }
        }
    }

    private async Task<Checkpoint?> ReadCheckpointAsync(HttpClient silo, LogPolicy policy, CancellationToken cancellation)
    {
        using var answer = await silo.GetAsync("log/checkpoint", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound && _checkpoints.Count == 0)
        {
            return null;
        }

        var note = await answer.Content.ReadAsByteArrayAsync(cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchException($"LOG: the checkpoint is gone: {(int)answer.StatusCode} {Encoding.UTF8.GetString(note)}");
        }

        return policy.TryOpenCheckpoint(note, out var trusted, out var error)
            ? trusted.Checkpoint
            : throw new BenchException($"LOG: the checkpoint is not to be trusted: {error}");
    }

    private static async Task CheckPrefixAsync(
        HttpClient silo, Checkpoint old, Checkpoint now, CancellationToken cancellation)
    {
        if (now.Size < old.Size)
        {
            throw new BenchException($"LOG: it had {old.Size} leaves and has {now.Size}.");
        }

        var tiles = new Dictionary<TilePath, byte[]>();
        foreach (var tile in TileLayout.TilesOf(MerkleProofs.ConsistencyNodes(old.Size, now.Size), now.Size))
        {
            tiles[tile] = await FetchTileAsync(silo, tile, cancellation);
        }

        var proof = MerkleProofs.Consistency(old.Size, now.Size, TileLayout.NodesFrom(now.Size, tile => tiles[tile]));
        if (!MerkleVerifier.TryVerifyConsistency(old.Size, now.Size, old.Root, now.Root, proof, out var error))
        {
            throw new BenchException($"LOG: the checkpoint of size {old.Size} is not a prefix of that of size {now.Size}: {error}");
        }
    }

    /// <summary>A partial tile may have given way to the full one since the checkpoint was read.</summary>
    private static async Task<byte[]> FetchTileAsync(HttpClient silo, TilePath tile, CancellationToken cancellation)
    {
        using var answer = await silo.GetAsync($"log/{tile}", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound && tile.IsPartial)
        {
            return await FetchTileAsync(silo, tile.Full, cancellation);
        }

        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync(cancellation)
            : throw new BenchException($"LOG: {tile} is missing: {(int)answer.StatusCode}");
    }

    private static async Task<TlogProof?> FetchReceiptAsync(HttpClient silo, long leaf, CancellationToken cancellation)
    {
        using var answer = await silo.GetAsync($"receipts/{leaf}", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
        return TlogProof.TryParse(bytes, out var proof, out var error) && proof.Index == leaf && proof.Extra is not null
            ? proof
            : throw new BenchException($"LOG: the answer to a request for leaf {leaf}'s receipt is none: {error}");
    }
}
