using System.Threading.RateLimiting;

namespace ProvenanceGrains.Api.Parties;

/// <summary>How much each party may send. Counted behind authentication: nobody can use up another's share.</summary>
internal sealed class PartyRates(AccessRules rules) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        party => RateLimitPartition.GetTokenBucketLimiter(party, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = rules.RequestsPerSecond,
            TokensPerPeriod = rules.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }),
        StringComparer.Ordinal);

    /// <summary>Takes one request of a party's share; false if there is none left this second.</summary>
    public bool TryTake(string partyId)
    {
        using var lease = _limiter.AttemptAcquire(partyId);
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
