using System.Buffers.Binary;
using System.Security.Cryptography;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Storage.Tests.Sealing;

/// <summary>The stage file may be anybody's: whoever can write it can make its digest right.</summary>
public sealed class SealBundleCodecTests
{
    private const int CheckpointLengthAt = 8;
    private const int HeightAt = 8 + 4 + 10;
    private const int RecordLengthAt = HeightAt + 8;
    private const int CountAt = RecordLengthAt + 4 + 3;
    private const int PathLengthAt = CountAt + 4;

    private static readonly byte[] Sample = SealBundleCodec.Encode(
        new SealBundle("checkpoint"u8.ToArray(), 5, new byte[3], [new LogFile("tile/0/000", new byte[32])]));

    [Fact]
    public void What_was_encoded_is_decoded_the_same()
    {
        Assert.True(SealBundleCodec.TryDecode(Sample, out var bundle));
        Assert.Equal(5, bundle.Height);
        Assert.Equal(Sample, SealBundleCodec.Encode(bundle));
    }

    [Theory]
    [InlineData(CheckpointLengthAt, int.MaxValue)]
    [InlineData(CheckpointLengthAt, -1)]
    [InlineData(CheckpointLengthAt, 0)]
    [InlineData(HeightAt, -1)]
    [InlineData(RecordLengthAt, 1_000_000)]
    [InlineData(CountAt, int.MaxValue)]
    [InlineData(CountAt, -1)]
    [InlineData(CountAt, 2)]
    [InlineData(CountAt, 0)]
    [InlineData(PathLengthAt, int.MaxValue)]
    [InlineData(PathLengthAt, -5)]
    public void Lengths_that_do_not_fit_are_refused_under_a_digest_that_holds(int at, int number)
    {
        var changed = Sample[..^SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at), number);
        Assert.False(SealBundleCodec.TryDecode((byte[])[.. changed, .. SHA256.HashData(changed)], out _));
    }

    [Fact]
    public void It_is_refused_at_every_length_that_it_may_be_cut_to()
    {
        for (var length = 0; length < Sample.Length - SHA256.HashSizeInBytes; length++)
        {
            var cut = Sample[..length];
            Assert.False(SealBundleCodec.TryDecode((byte[])[.. cut, .. SHA256.HashData(cut)], out _));
        }
    }
}
