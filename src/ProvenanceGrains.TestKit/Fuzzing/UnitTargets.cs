using System.Buffers.Binary;
using System.Security.Cryptography;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage.Sealing;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.TestKit.Fuzzing;

/// <summary>The files of the store. Whoever can write to a disk can make their digests right: so does this.</summary>
internal static class UnitTargets
{
    private const int PlaceSize = 8 + BlockDigest.Size;

    private static readonly SegmentHeader Segment = new(3, 42, Hash256.Sha256("log"u8), 1000, new BlockDigest(77));

    public static IEnumerable<FuzzTarget> All()
    {
        var units = Units();
        yield return new FuzzTarget("segment-header", FuzzShape.Bytes, [SegmentBytes()], RunSegment) { Mend = MendSegment };
        yield return new FuzzTarget("frame", FuzzShape.Bytes, [.. units.Select(Frame)], RunFrame) { Mend = MendFrame };
        yield return new FuzzTarget("unit", FuzzShape.Bytes, [.. units.Select(WithLength)], RunUnit) { Mend = MendUnit };
        yield return new FuzzTarget("matter-block", FuzzShape.Bytes, [.. units.SelectMany(Blocks)], RunBlock);
        yield return new FuzzTarget("seal-bundle", FuzzShape.Bytes, [SealBytes(0), SealBytes(3)], RunSeal) { Mend = MendTail };
    }

    private static CommitUnit[] Units()
    {
        var book = new JournalBook();
        var units = new SupplyChainUnits(7);
        return [.. Enumerable.Range(0, 6).Select(_ => units.Next(book, 5))];
    }

    private static int HeadLength(CommitUnit unit) => UnitCodec.HeadLength(unit);

    private static byte[] SegmentBytes()
    {
        var bytes = new byte[SegmentHeader.Size];
        Segment.WriteTo(bytes);
        return bytes;
    }

    private static byte[] Frame(CommitUnit unit)
    {
        var encoded = UnitCodec.Encode(unit);
        var head = HeadLength(unit);
        var frame = new byte[FrameHeader.Size + encoded.Length];
        new FrameHeader(encoded.Length, head, 42, unit.Entries.Count, 40).WriteTo(Segment, 128, frame, encoded.AsSpan(0, head));
        encoded.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    /// <summary>The head's length in four bytes, and the unit.</summary>
    private static byte[] WithLength(CommitUnit unit)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, HeadLength(unit));
        return [.. bytes, .. UnitCodec.Encode(unit)];
    }

    private static IEnumerable<byte[]> Blocks(CommitUnit unit)
    {
        var encoded = UnitCodec.Encode(unit);
        return UnitHead.TryParse(encoded.AsMemory(0, HeadLength(unit)), out var head, out var error)
            ? head.Blocks.Select(place => encoded[place.Offset..(place.Offset + place.Length)])
            : throw new InvalidOperationException(error);
    }

    private static byte[] SealBytes(int files) => SealBundleCodec.Encode(new SealBundle(
        "checkpoint"u8.ToArray(), 5, new byte[210], [.. Enumerable.Range(0, files).Select(i => new LogFile("tile/0/00" + i, new byte[32 * i]))]));

    private static bool RunSegment(byte[] input)
    {
        var accepted = FuzzOracle.Answer(SegmentHeader.TryParse(input, out var header, out var error), error);
        if (accepted)
        {
            var written = new byte[SegmentHeader.Size];
            header.WriteTo(written);
            FuzzOracle.SameBytes(input.AsSpan(0, SegmentHeader.Size), written);
        }

        return accepted;
    }

    private static bool RunFrame(byte[] input)
    {
        FuzzOracle.Answer(FrameHeader.TryPeek(input, out _, out var error), error);
        var accepted = FuzzOracle.Answer(FrameHeader.TryParse(Segment, 128, input, out var header, out var check, out error), error);
        if (accepted)
        {
            var written = new byte[FrameHeader.Size];
            var head = input.AsSpan(FrameHeader.Size, header.HeadLength);
            FuzzOracle.Require(header.WriteTo(Segment, 128, written, head) == check, "The check is another one when written again.");
            FuzzOracle.SameBytes(input.AsSpan(0, FrameHeader.Size), written);
            FuzzOracle.Answer(UnitHead.TryParse(input.AsMemory(FrameHeader.Size, header.HeadLength), out _, out error), error);
        }

        return accepted;
    }

    private static bool RunUnit(byte[] input)
    {
        if (input.Length < 4)
        {
            return false;
        }

        var bytes = input.AsMemory(4);
        var head = BinaryPrimitives.ReadInt32BigEndian(input);
        var accepted = FuzzOracle.Answer(UnitCodec.TryDecode(bytes, head, out var unit, out var error), error);
        if (unit is not null && FuzzOracle.Answer(UnitCodec.TryCheck(unit, out error), error))
        {
            var again = UnitCodec.Encode(unit);
            FuzzOracle.Require(UnitCodec.TryDecode(again, UnitCodec.HeadLength(unit), out var second, out error), $"Written again, it is refused: {error}.");
            FuzzOracle.SameBytes(again, UnitCodec.Encode(second!));
            UnitCheck.TryCheckCommitments(unit, out _);
        }

        return accepted;
    }

    private static bool RunBlock(byte[] input)
    {
        var hasContent = MatterBlock.TryParseContent(input, out _);
        var accepted = FuzzOracle.Answer(MatterBlock.TryParse(input, 0, out _, out var error), error);
        FuzzOracle.Require(hasContent || !accepted, "A block without content.");
        return accepted;
    }

    private static bool RunSeal(byte[] input)
    {
        var accepted = SealBundleCodec.TryDecode(input, out var bundle);
        if (bundle is not null)
        {
            FuzzOracle.SameBytes(input, SealBundleCodec.Encode(bundle));
        }

        return accepted;
    }

    private static byte[] MendSegment(byte[] input)
    {
        if (input.Length < SegmentHeader.Size)
        {
            return input;
        }

        var mended = (byte[])input.Clone();
        const int at = SegmentHeader.Size - BlockDigest.Size;
        BlockDigest.Of(mended.AsSpan(0, at)).CopyTo(mended.AsSpan(at));
        return mended;
    }

    private static byte[] MendFrame(byte[] input)
    {
        if (!FrameHeader.TryPeek(input, out var header, out _) || input.Length < FrameHeader.Size + header.HeadLength)
        {
            return input;
        }

        var mended = (byte[])input.Clone();
        header.WriteTo(Segment, 128, mended, input.AsSpan(FrameHeader.Size, header.HeadLength));
        return mended;
    }

    /// <summary>Gives every block the digest that its bytes have, as far as the places still fit.</summary>
    private static byte[] MendUnit(byte[] input)
    {
        var headLength = input.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(input);
        if (headLength <= 0 || headLength > input.Length - 4 || !UnitHead.TryParse(input.AsMemory(4, headLength), out var head, out _))
        {
            return input;
        }

        var mended = (byte[])input.Clone();
        var unit = mended.AsSpan(4);
        Span<byte> old = stackalloc byte[BlockDigest.Size];
        foreach (var place in head.Blocks.Where(place => place.Offset + (long)place.Length <= mended.Length - 4))
        {
            place.Digest.CopyTo(old);
            var at = unit[..headLength].IndexOf(old);
            if (at >= PlaceSize - BlockDigest.Size)
            {
                BlockDigest.Of(unit.Slice(place.Offset, place.Length)).CopyTo(unit[at..]);
            }
        }

        return mended;
    }

    private static byte[] MendTail(byte[] input)
    {
        const int size = SHA256.HashSizeInBytes;
        return input.Length < size ? input : [.. input.AsSpan(0, input.Length - size), .. SHA256.HashData(input.AsSpan(0, input.Length - size))];
    }
}
