using System.Text;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Ledger.Tests.Verification;

public sealed class HistoryTests
{
    private static readonly SampleLog Log = new();

    [Fact]
    public void An_exported_history_verifies_and_says_what_it_does_not_prove()
    {
        var verdict = OfflineVerifier.VerifyHistory(HistoryJson.Write(Log.History()), Log.Policy);
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.Equal(
            ["payload disclosure", "completeness"],
            verdict.Checks.Where(check => check.Outcome == CheckOutcome.NotChecked).Select(check => check.Name));
        Assert.Contains(verdict.Checks, check => check is { Name: "inclusion", Outcome: CheckOutcome.Passed });
    }

    [Fact]
    public void A_document_is_read_back_as_it_was_written()
    {
        var json = HistoryJson.Write(Log.History());
        Assert.True(HistoryJson.TryParse(json, out var history, out var error), error);
        Assert.Equal(json, HistoryJson.Write(history));
    }

    [Fact]
    public void Links_left_out_swapped_or_repeated_are_found()
    {
        var entries = Log.History().Entries;
        AssertFails(["sequence", "chain"], [.. entries.Skip(1)], "Link 0");
        AssertFails(["sequence", "chain"], [entries[0], .. entries.Skip(2)], "Link 1");
        AssertFails(["sequence", "chain", "time", "leaf order"], [entries[0], entries[2], entries[1], .. entries.Skip(3)], "Link 1");
        AssertFails(["sequence", "chain", "leaf order"], [entries[0], entries[0], .. entries.Skip(1)], "Link 1");
        AssertFails(["headers"], [], "no entry");
    }

    [Fact]
    public void A_prefix_is_sound_and_its_incompleteness_is_said()
    {
        var verdict = Verify([.. Log.History().Entries.Take(2)]);
        Assert.True(verdict.IsSound, verdict.ToString());
        Assert.Contains(verdict.Checks, check => check is { Name: "completeness", Outcome: CheckOutcome.NotChecked });
    }

    [Fact]
    public void A_forged_link_between_two_true_ends_is_no_leaf()
    {
        // A server rewrites one entry and everything after it but cannot put it into the tree.
        var entries = Log.History().Entries.ToList();
        Assert.True(EntryHeader.TryParse(entries[1].Header.Span, out var header, out _));
        entries[1] = entries[1] with { Header = (header with { TimeMs = header.TimeMs + 1 }).ToArray() };
        var verdict = Verify(entries);
        Assert.Contains(verdict.Failures, check => check.Name == "inclusion" && check.Reason.StartsWith("Link 1:", StringComparison.Ordinal));
        Assert.Contains(verdict.Failures, check => check.Name == "chain" && check.Reason.StartsWith("Link 2:", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_header_bit_that_is_changed_is_found_at_its_link()
    {
        var entries = Log.History().Entries;
        for (var bit = 0; bit < EntryHeader.Size * 8; bit++)
        {
            var header = entries[2].Header.ToArray();
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            var changed = entries.ToList();
            changed[2] = changed[2] with { Header = header };
            var verdict = Verify(changed);
            Assert.Contains(verdict.Failures, check => check.Reason.StartsWith("Link 2:", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_payload_that_was_changed_fails_its_commitment_and_another_entitys_fails_its_name()
    {
        var entries = Log.History().Entries.ToList();
        var groups = entries[0].Groups.ToArray();
        groups[3] = DisclosedGroup.Disclosed(groups[3].Salt, Encoding.UTF8.GetBytes("{\"event\":9}"));
        entries[0] = entries[0] with { Groups = groups };
        var failure = Assert.Single(Verify(entries).Failures);
        Assert.Equal("payload commitment", failure.Name);
        Assert.StartsWith("Link 0: bytes 81 to 112", failure.Reason, StringComparison.Ordinal);

        var history = Log.History() with { Entity = EntityId.Create("lot", "another") };
        var verdict = OfflineVerifier.VerifyHistory(HistoryJson.Write(history), Log.Policy);
        Assert.Contains(verdict.Failures, check => check.Name == "entity");
        Assert.DoesNotContain(verdict.Failures, check => check.Name == "payload entity");
    }

    [Fact]
    public void A_payload_verifies_against_its_header_whatever_is_left_out()
    {
        var entry = Log.History().Entries[0];
        Assert.True(EntryHeader.TryParse(entry.Header.Span, out var header, out _));
        for (var mask = 0; mask < 16; mask++)
        {
            var groups = entry.Groups.Select((group, i) => (mask & (1 << i)) == 0 ? group
                : DisclosedGroup.Withheld(group.DigestAs((FieldGroup)(i + 1)))).ToList();
            var verdict = OfflineVerifier.VerifyPayload(header, groups);
            Assert.True(verdict.IsSound, verdict.ToString());
            var hidden = groups.Count(group => group.State != GroupState.Disclosed);
            Assert.Equal(hidden, verdict.Checks.Count(check => check.Outcome == CheckOutcome.NotChecked));
            groups[mask % 4] = DisclosedGroup.Erased(Hash256.Sha256([1]));
            Assert.False(OfflineVerifier.VerifyPayload(header, groups).IsSound);
        }

        Assert.False(OfflineVerifier.VerifyPayload(header, [.. entry.Groups.Take(3)]).IsSound);
    }

    [Theory]
    [InlineData("\"format\": \"provenancegrains-history/v1\"", "\"format\": \"provenancegrains-history/v2\"")]
    [InlineData("\"format\": \"provenancegrains-history/v1\",", "")]
    [InlineData("\"format\"", "\"Format\"")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": 0, \"leafIndex\": 0,")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": -1,")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": 0.0,")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": \"0\",")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": 9223372036854775808,")]
    [InlineData("\"leafIndex\": 0,", "")]
    [InlineData("\"leafIndex\": 0,", "\"leafIndex\": 0, \"more\": [[[[[[[[[[]]]]]]]]]],")]
    [InlineData("\"kind\": \"lot\"", "\"kind\": \"Lot\"")]
    [InlineData("\"kind\": \"lot\"", "\"kind\": null")]
    [InlineData("\"kind\": \"lot\"", "\"kind\": \"\\ud800\"")]
    [InlineData("\"group\": 2", "\"group\": 3")]
    [InlineData("\"state\": \"withheld\"", "\"state\": \"hidden\"")]
    [InlineData("\"state\": \"withheld\"", "\"state\": \"disclosed\"")]
    [InlineData("\"state\": \"disclosed\"", "\"state\": \"erased\"")]
    [InlineData("\"digest\": \"", "\"digest\": \"A")]
    [InlineData("\"entries\": [", "\"entries\": [1,")]
    [InlineData("\\n\\n", "\\n")]
    [InlineData("\n}\n", "\n}\n{}")]
    [InlineData("\n}\n", ",\n}\n")]
    public void Documents_of_another_form_are_refused_and_the_place_is_said(string from, string to)
    {
        var json = Encoding.UTF8.GetString(HistoryJson.Write(Log.History()));
        var at = json.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0);
        var changed = string.Concat(json.AsSpan(0, at), to, json.AsSpan(at + from.Length));
        Assert.False(HistoryJson.TryParse(Encoding.UTF8.GetBytes(changed), out var history, out var error));
        Assert.Null(history);
        Assert.Contains("byte", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_with_any_byte_changed_is_refused_or_says_the_same()
    {
        var json = HistoryJson.Write(Log.History());
        var allowed = Encoding.UTF8.GetString(json);
        var hint = allowed.IndexOf("\"vkey\"", StringComparison.Ordinal)..allowed.IndexOf("\"entity\"", StringComparison.Ordinal);
        for (var at = 0; at < json.Length; at++)
        {
            // The key hint is not vouched for: it may be anything.
            if (at >= hint.Start.Value && at < hint.End.Value)
            {
                continue;
            }

            var changed = json.ToArray();
            changed[at] ^= (byte)(1 << (at % 7));
            if (OfflineVerifier.VerifyHistory(changed, Log.Policy).IsSound)
            {
                Assert.True(HistoryJson.TryParse(changed, out var history, out _));
                var (now, then) = (Normalize(HistoryJson.Write(history)), Normalize(json));
                Assert.Equal(then, now);
            }
        }
    }

    /// <summary>Whether digest-only groups are called withheld or erased is said by the exporter and not vouched for.</summary>
    private static string Normalize(byte[] json) => Encoding.UTF8.GetString(json).Replace("erased", "withheld", StringComparison.Ordinal);

    private static Verdict Verify(IReadOnlyList<HistoryEntry> entries) =>
        OfflineVerifier.VerifyHistory(HistoryJson.Write(Log.History() with { Entries = entries }), Log.Policy);

    private static void AssertFails(string[] checks, IReadOnlyList<HistoryEntry> entries, string where)
    {
        var verdict = Verify(entries);
        Assert.False(verdict.IsSound);
        Assert.Equal(checks.Order(), verdict.Failures.Select(check => check.Name).Distinct().Order());
        Assert.Contains(where, verdict.Failures.First().Reason, StringComparison.Ordinal);
    }
}
