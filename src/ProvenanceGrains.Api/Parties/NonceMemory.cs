using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Authorship;

namespace ProvenanceGrains.Api.Parties;

/// <summary>Remembers the nonces of verified requests for as long as their signatures are taken.</summary>
/// <remarks>
/// The nonce of a request that wrote something is claimed in the log and refused for ever, whoever restarts. This memory is for
/// requests that wrote nothing, and it spares the others a walk to the store. It never forgets early: full, it takes nobody in.
/// Of one party it remembers a part of that at most, so that no party can fill it for the others.
/// </remarks>
internal sealed class NonceMemory(
    SignatureWindow window,
    DateTimeOffset startedAt,
    int capacity = NonceMemory.DefaultCapacity,
    int partyCapacity = NonceMemory.DefaultPartyCapacity)
{
    /// <summary>Nonces at a time, 100 bytes each.</summary>
    public const int DefaultCapacity = 1_000_000;

    /// <summary>Nonces of one party at a time: some 270 requests a second over the default window.</summary>
    public const int DefaultPartyCapacity = 100_000;

    private readonly long _lastSeenSecond = (startedAt + window.MaxAhead).ToUnixTimeSeconds();
    private readonly long _lifeMs = (long)(window.MaxAge + window.MaxAhead).TotalMilliseconds + 2_000;
    private readonly Lock _lock = new();
    private readonly HashSet<Hash256> _used = [];
    private readonly Dictionary<string, int> _byParty = new(StringComparer.Ordinal);
    private readonly Queue<(long UntilMs, Hash256 Nonce, string PartyId)> _byAge = [];

    /// <summary>
    /// Whether a signature of that time may have been seen before this process began: the one before it took also what was dated ahead.
    /// Signatures are dated in whole seconds.
    /// </summary>
    public bool IsOlder(long createdMs) => createdMs / 1000 <= _lastSeenSecond;

    /// <summary>Whether a nonce was used within the window.</summary>
    public bool IsUsed(Hash256 nonce, long nowMs)
    {
        lock (_lock)
        {
            Forget(nowMs);
            return _used.Contains(nonce);
        }
    }

    /// <summary>Uses a nonce; only after the signature was verified, or a stranger could use it up.</summary>
    public NonceUse Use(string partyId, Hash256 nonce, long nowMs)
    {
        lock (_lock)
        {
            Forget(nowMs);
            if (_used.Contains(nonce))
            {
                return NonceUse.Again;
            }

            var ofParty = _byParty.GetValueOrDefault(partyId);
            if (_used.Count >= capacity || ofParty >= partyCapacity)
            {
                return NonceUse.Full;
            }

            _used.Add(nonce);
            _byParty[partyId] = ofParty + 1;
            _byAge.Enqueue((nowMs + _lifeMs, nonce, partyId));
            return NonceUse.First;
        }
    }

    /// <summary>Under the lock.</summary>
    private void Forget(long nowMs)
    {
        while (_byAge.TryPeek(out var oldest) && oldest.UntilMs < nowMs)
        {
            _byAge.Dequeue();
            _used.Remove(oldest.Nonce);
            if (--_byParty[oldest.PartyId] == 0)
            {
                _byParty.Remove(oldest.PartyId);
            }
        }
    }
}

/// <summary>What the memory says of a nonce.</summary>
internal enum NonceUse
{
    First,
    Again,

    /// <summary>There is no room to remember it, so it is not taken.</summary>
    Full,
}
