using System.Security.Cryptography;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Ledger.Tests.Heads;

public sealed class Sha256LanesTests
{
    [Theory]
    [InlineData(HeadMapHash.LeafSize)]
    [InlineData(HeadMapHash.InnerSize)]
    [InlineData(56)]
    [InlineData(Sha256Lanes.MaxLength)]
    public void Every_digest_is_that_of_the_platform(int length)
    {
        var random = new Random(length);
        for (var count = 0; count <= 40; count++)
        {
            var messages = new byte[count * length];
            random.NextBytes(messages);
            var digests = new Hash256[count];
            Sha256Lanes.Hash(messages, length, digests);
            Assert.Equal(messages.Chunk(length).Select(message => new Hash256(SHA256.HashData(message))), digests);
        }
    }

    [Theory]
    [InlineData(55)]
    [InlineData(Sha256Lanes.MaxLength + 1)]
    public void A_length_that_is_not_two_blocks_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha256Lanes.Hash(new byte[length], length, new Hash256[1]));
}
