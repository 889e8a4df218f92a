using System.Buffers.Binary;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Tests.Segments;

public sealed class SegmentFormatTests
{
    private readonly SegmentSample _sample = SegmentSample.Create();

    [Fact]
    public void A_segment_reads_back_as_it_was_written()
    {
        var steps = SegmentSample.Walk(_sample.Bytes);
        Assert.Equal(SegmentStepKind.Header, steps[0].Kind);
        Assert.Equal(_sample.Units.Count + 1, steps.Count);
        for (var i = 0; i < _sample.Units.Count; i++)
        {
            var step = steps[i + 1];
            Assert.Equal(SegmentStepKind.Frame, step.Kind);
            Assert.Equal(_sample.FrameOffsets[i], step.Offset);
            Assert.True(UnitCodec.TryDecode(step.Unit, step.Frame.HeadLength, out var unit, out var error), error);
            Same(_sample.Units[i], unit);
            Assert.Equal(step.Unit.ToArray(), UnitCodec.Encode(unit));
            Assert.True(UnitCheck.TryCheckCommitments(unit, out _));
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_found_and_the_other_frames_are_still_read()
    {
        var sound = SegmentSample.Walk(_sample.Bytes);
        for (var at = 0; at < _sample.Bytes.Length; at++)
        {
            var bytes = (byte[])_sample.Bytes.Clone();
            bytes[at] ^= (byte)(1 << (at % 8));
            var steps = SegmentSample.Walk(bytes);
            var damage = Assert.Single(steps, s => s.Kind == SegmentStepKind.Damage);
            if (at < SegmentHeader.Size)
            {
                Assert.Single(steps);
                continue;
            }

            var hit = sound.FindLastIndex(s => s.Offset <= at);
            Assert.Equal(sound[hit].Offset, damage.Offset);
            Assert.Equal(sound[hit].FirstOrdinal, damage.FirstOrdinal);
            Assert.Equal(
                sound.Where((s, i) => i != hit).Select(s => (s.Kind, s.Offset, s.FirstOrdinal)),
                steps.Where(s => s.Kind != SegmentStepKind.Damage).Select(s => (s.Kind, s.Offset, s.FirstOrdinal)));
        }
    }

    [Fact]
    public void A_place_with_more_entries_than_its_block_has_room_for_is_refused_before_anything_is_allocated_for_them()
    {
        const int EntryCountOfFirstPlace = UnitHead.FixedSize + 4;
        var unit = UnitCodec.Encode(_sample.Units[0]);
        var head = unit.AsMemory(0, UnitCodec.HeadLength(_sample.Units[0]));
        Assert.True(UnitHead.TryParse(head, out _, out var error), error);
        BinaryPrimitives.WriteInt32BigEndian(unit.AsSpan(EntryCountOfFirstPlace), UnitLimits.MaxEntries);
        Assert.False(UnitHead.TryParse(head, out _, out error));
        Assert.Equal("The place of block 0 is out of bounds.", error);
    }

    [Fact]
    public void A_damaged_matter_is_named_with_its_entries()
    {
        var bytes = (byte[])_sample.Bytes.Clone();
        var third = System.Text.Encoding.UTF8.GetBytes("third");
        bytes[bytes.AsSpan().IndexOf(third)] ^= 1;
        var damage = Assert.Single(SegmentSample.Walk(bytes), s => s.Kind == SegmentStepKind.Damage);
        Assert.Contains("Matter 1 of the unit, entries 3 to 3", damage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_anywhere_leaves_the_frames_before_it()
    {
        for (var length = 0; length < _sample.Bytes.Length; length++)
        {
            var steps = SegmentSample.Walk(_sample.Bytes[..length]);
            var whole = _sample.FrameOffsets.Skip(1).Append(_sample.Bytes.Length).Count(end => end <= length);
            Assert.Equal(whole, steps.Count(s => s.Kind == SegmentStepKind.Frame));
            var atBoundary = length == SegmentHeader.Size || _sample.FrameOffsets.Contains(length);
            Assert.Equal(atBoundary, steps.All(s => s.Kind != SegmentStepKind.Damage));
        }
    }

    [Fact]
    public void A_frame_is_not_taken_for_sound_in_another_place()
    {
        // The last frame once more, right behind itself: every byte of it is sound, but it was not written there.
        var bytes = _sample.Bytes.Concat(_sample.Bytes.Skip(_sample.FrameOffsets[^1])).ToArray();
        var steps = SegmentSample.Walk(bytes);
        Assert.Equal(SegmentStepKind.Damage, steps[^1].Kind);
        Assert.Equal(_sample.Bytes.Length, steps[^1].Offset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    public void Small_windows_give_the_same_steps(int window)
    {
        var large = _sample.Bytes.Concat(new byte[200_000]).Concat("PGF1 and more"u8.ToArray()).ToArray();
        Assert.Equal(
            SegmentSample.Walk(large).Select(s => (s.Kind, s.Offset, s.FirstOrdinal)),
            SegmentSample.Walk(large, window).Select(s => (s.Kind, s.Offset, s.FirstOrdinal)));
    }

    [Fact]
    public void A_wrong_commitment_is_found_with_its_entry()
    {
        var unit = _sample.Units[1];
        var matters = unit.Matters.ToArray();
        matters[1] = matters[1] with { Bytes = "forged"u8.ToArray() };
        Assert.False(UnitCheck.TryCheckCommitments(unit with { Matters = matters }, out var entry));
        Assert.Equal(2, entry);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])_sample.Bytes.Clone();
            for (var hits = 1 + random.Next(20); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            SegmentSample.Walk(bytes);
            var offset = _sample.FrameOffsets[random.Next(3)];
            var unit = bytes.AsMemory(offset + FrameHeader.Size);
            if (FrameHeader.TryPeek(bytes.AsSpan(offset), out var frame, out _) && frame.UnitLength <= unit.Length)
            {
                UnitCodec.TryDecode(unit[..frame.UnitLength], frame.HeadLength, out _, out _);
            }

            Assert.Equal(MatterBlock.TryParse(unit, 0, out _, out var blockError), blockError is null);
            Assert.Equal(UnitHead.TryParse(unit, out _, out var headError), headError is null);
        }
    }

    [Fact]
    public void The_golden_segment_of_version_1_is_still_read_and_written()
    {
        using var stream = typeof(SegmentFormatTests).Assembly.GetManifestResourceStream("segment-v1.b64")!;
        using var reader = new StreamReader(stream);
        var golden = Convert.FromBase64String(reader.ReadToEnd());
        Assert.Equal(golden, _sample.Bytes);
    }

    private static void Same(CommitUnit expected, CommitUnit actual)
    {
        Assert.Equal((expected.Id, expected.TimeMs), (actual.Id, actual.TimeMs));
        Assert.Equal(expected.Entries, actual.Entries);
        Assert.Equal(expected.Claims, actual.Claims);
        Assert.Equal(expected.Note.ToArray(), actual.Note.ToArray());
        Assert.Equal(expected.Author.Salt, actual.Author.Salt);
        Assert.Equal(expected.Author.Bytes.ToArray(), actual.Author.Bytes.ToArray());
        Assert.Equal(expected.Matters.Select(m => m.Salt), actual.Matters.Select(m => m.Salt));
        Assert.Equal(
            expected.Matters.Select(m => Hash256.Sha256(m.Bytes.Span)), actual.Matters.Select(m => Hash256.Sha256(m.Bytes.Span)));
    }
}
