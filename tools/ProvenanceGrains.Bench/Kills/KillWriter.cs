using ProvenanceGrains.Bench.Documents;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>Sends documents until the silo is gone, and notes what it was promised.</summary>
internal sealed class KillWriter(DocumentMaker documents, Promises promises)
{
    private const double SentTwice = 0.04;
    private const double Waiting = 0.3;

    /// <summary>Runs until the connection breaks.</summary>
    /// <exception cref="BenchException">An answer was not the one that the document asks for.</exception>
    public async Task RunAsync(Uri silo)
    {
        using var client = new CaptureClient(silo);
        using var second = new CaptureClient(silo);
        while (true)
        {
            var document = documents.Next();
            var wait = documents.Chance(Waiting);

            // A sender that lost patience: the same document on two connections at the same time.
            var twice = documents.Chance(SentTwice);
            var other = twice ? second.SendAsync(document, wait) : Task.FromResult<(int, string)?>(null);
            var answer = await client.SendAsync(document, wait);
            var otherAnswer = await other;
            var alive = Note(document, answer);
            if (twice)
            {
                alive &= Note(document, otherAnswer);
            }

            if (!alive)
            {
                return;
            }
        }
    }

    /// <returns>False if the silo is gone.</returns>
    private bool Note(SentDocument document, (int Status, string Text)? answer)
    {
        if (document.Expected != Expectation.Taken)
        {
            promises.Refuse(document);
        }
        else if (answer is not { Status: 200 or 201 or 202 })
        {
            promises.LeaveOpen(document);
        }
        else
        {
            promises.Acknowledge(document);
            documents.Took(document);
        }

        if (answer is { } given && given.Status != 503 && !Fits(document, given.Status))
        {
            throw new BenchException(
                $"A document that had to be {document.Expected} was answered {given.Status}: {given.Text}\n"
                + System.Text.Encoding.UTF8.GetString(document.Body.AsSpan(0, Math.Min(2000, document.Body.Length))));
        }

        return answer is not null;
    }

    private static bool Fits(SentDocument document, int status) => document.Expected switch
    {
        Expectation.Taken => status is 200 or 201 or 202,
        Expectation.Refused => status == 400,
        Expectation.Conflict => status == 409,
    };
}
