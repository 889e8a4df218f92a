using ProvenanceGrains.Cli.Authorship;
using ProvenanceGrains.Epcis.Events;
using ProvenanceGrains.Ledger.Authorship;
using ProvenanceGrains.Ledger.Bundles;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Verification;

namespace ProvenanceGrains.Cli.Verify;

/// <summary>
/// Says which entries of a bundle's subject were signed. That an entry names a signed request is the log's word: a signature says
/// nothing of an event that is not in the request, nor of a thing that the event does not name.
/// </summary>
/// <param name="bundle">Its links are verified.</param>
/// <param name="authors">The entries that name a signed capture.</param>
internal sealed class AuthoredEntries(Bundle bundle, IReadOnlyList<EntryAuthor> authors)
{
    private const string Name = "authored events";
    private const string EventType = "epcis.event";

    private readonly List<Check> _checks = [];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private int _signed;
    private int _open;

    public IReadOnlyList<Check> Check()
    {
        foreach (var request in authors.Where(author => author.Authorship.IsValid).GroupBy(author => author.Authorship.Body))
        {
            AuthoredEvents? events = null;
            foreach (var author in request)
            {
                var entry = bundle.Subject.Entries[(int)author.Sequence];
                var isSigned = IsSigned(
                    entry, author.Authorship, () => events ??= AuthoredEvents.Of(request.Key, author.Authorship.RecordedMs));
                Count(author, isSigned);
            }
        }

        if (_signed > 0)
        {
            _checks.Add(new Check(
                Name,
                CheckOutcome.Passed,
                $"{_signed} entries are signed by who they say: {string.Join(", ", _names)}. Each is in the body that was signed, byte for byte, and names {bundle.Subject.Entity}."));
        }

        if (_open > 0)
        {
            _checks.Add(new Check(
                Name,
                CheckOutcome.NotChecked,
                $"{_open} entries are named by a signed capture, but show no event that could be looked for in what was signed: that they were signed is the log's word."));
        }

        return _checks;
    }

    private void Count(EntryAuthor author, bool? isSigned)
    {
        switch (isSigned)
        {
            case true:
                _signed++;
                _names.Add(author.Authorship.Party!.Name);
                break;
            case false:
                _checks.Add(new Check(
                    Name,
                    CheckOutcome.Failed,
                    $"Link {author.Sequence}: {author.Authorship.Party!.Name} signed no such event about {bundle.Subject.Entity}."));
                break;
            case null:
                _open++;
                break;
        }
    }

    /// <returns>Null if it cannot be told.</returns>
    private bool? IsSigned(BundleEntry entry, AuthorshipVerdict authorship, Func<AuthoredEvents> events)
    {
        if (entry.Groups[(int)FieldGroup.Type - 1] is not { State: GroupState.Disclosed } type
            || entry.Groups[(int)FieldGroup.Content - 1] is not { State: GroupState.Disclosed } content
            || !Payload.TryDecodePair(type.Content.Span, out var entryType, out var role))
        {
            return null;
        }

        var subject = bundle.Subject.Entity;
        return entryType switch
        {
            EventType => events().Name(content.Content.Span, new Participant(subject.Kind, subject.Key, role), authorship.Party!.Id),

            // The request itself: what it holds is what was verified, if it is the one that it names.
            SignedCapture.EntryType => entry.Groups[(int)FieldGroup.Author - 1] is { State: GroupState.Disclosed } author
                && Payload.TryDecodePair(author.Content.Span, out _, out var job)
                && subject.Kind == SignedCapture.EntityKind && subject.Key == job,
            _ => null,
        };
    }
}
