using System.Security.Cryptography;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Sealing;
using ProvenanceGrains.Silo.Hosting;
using ProvenanceGrains.Silo.Pages;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Web.Pages;

namespace ProvenanceGrains.Silo.Demo;

/// <summary>What <c>--demo</c> does: a party, its key, and a supply chain's events, captured like anybody's.</summary>
internal static class Demonstration
{
    private const string Party = ApiKeys.DemoParty;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Loads the sample chain into a running silo and prints what to try.</summary>
    /// <param name="silo">With the roles ingest and query.</param>
    /// <param name="data">Its data folder.</param>
    /// <param name="address">Where a browser reaches it.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task RunAsync(SiloHost silo, string data, string address, CancellationToken cancellation)
    {
        var demo = DemoState.LoadOrCreate(data, () => NewDemo(silo.Services.GetRequiredService<TimeProvider>()));
        var party = silo.Services.GetRequiredService<ApiKeys>().Register(Party, demo.ApiKey);
        var options = ChainOptions(demo.Start);
        var fresh = await SampleChain.LoadAsync(
            silo.Services.GetRequiredService<ICaptureService>(), options, party.Id, party.KeyId, cancellation);
        await WaitSealedAsync(silo, cancellation);
        Console.WriteLine(fresh > 0
            ? $"demo     captured {fresh} events of a cocoa supply chain"
            : "demo     the sample events are there from an earlier start");
        Console.WriteLine();
        Console.WriteLine("Open in a browser:");
        var highlights = SupplyChain.Highlights(options);
        silo.Services.GetRequiredService<SampleProducts>().Products =
            [.. highlights.Select(highlight => new SampleProduct(highlight.Title, highlight.Path[1..]))];
        foreach (var highlight in highlights)
        {
            Console.WriteLine($"  {address}{highlight.Path}   ({highlight.Title})");
        }

        Console.WriteLine();
        Console.WriteLine($"API key  {demo.ApiKey}");
        Console.WriteLine("Send an event of your own:");
        Console.WriteLine(CurlLine(address, demo.ApiKey, silo.Services.GetRequiredService<TimeProvider>().GetUtcNow()));
        Console.WriteLine();
    }

    /// <summary>What is to be tried next are proofs: they are there when the events are sealed, some 50 ms after they were captured.</summary>
    private static async Task WaitSealedAsync(SiloHost silo, CancellationToken cancellation)
    {
        if (silo.Services.GetService<ISealingProgress>() is not { } sealing)
        {
            return;
        }

        var captured = silo.Services.GetRequiredService<IJournalReader>().Committed;
        try
        {
            await sealing.WaitSealedAsync(captured, cancellation).WaitAsync(LongestWait, silo.Services.GetRequiredService<TimeProvider>(), cancellation);
        }
        catch (TimeoutException)
        {
            Console.WriteLine("demo     the events are not sealed yet: /health/ready says why");
        }
    }

    /// <summary>The chain of the demonstration: one run, long enough ago that it has ended.</summary>
    private static SupplyChainOptions ChainOptions(DateTimeOffset start) => new() { Start = start };

    private static DemoState NewDemo(TimeProvider time)
    {
        var midnight = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var length = SupplyChain.Span(ChainOptions(midnight));
        var days = Math.Ceiling(length.TotalDays) + 1;
        return new DemoState("demo-" + RandomNumberGenerator.GetHexString(32, lowercase: true), midnight.AddDays(-days));
    }

    private static string CurlLine(string address, string apiKey, DateTimeOffset now) =>
        $$"""
          curl -i {{address}}/events -H 'Authorization: Bearer {{apiKey}}' -H 'Content-Type: application/json' -d '{
            "@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", "type": "ObjectEvent", "action": "OBSERVE",
            "eventTime": "{{now:yyyy-MM-dd'T'HH:mm:ss'Z'}}", "eventTimeZoneOffset": "+00:00", "bizStep": "inspecting",
            "epcList": ["https://id.gs1.org/01/09521234000037/21/my-first-item"] }'
        """;
}
