using System.Security.Cryptography;
using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Api.Parties;
using ProvenanceGrains.Epcis.Samples;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Silo.Demo;
using ProvenanceGrains.Silo.Pages;
using ProvenanceGrains.Web.Pages;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>What a silo says on standard output when it is up; with <c>--demo</c>, what to try.</summary>
internal static class Banner
{
    private const string DemoParty = "demo";

    public static async Task PrintAsync(SiloHost silo, SiloOptions options, SiloRoles roles, string data, CancellationToken cancellation)
    {
        var identity = silo.Services.GetRequiredService<SiloIdentity>();
        var address = Reachable(silo.Addresses.Count > 0 ? silo.Addresses[0] : "http://127.0.0.1:8080");
        Console.WriteLine($"ProvenanceGrains {identity.Version} - actor runtime: {identity.Runtime}");
        Console.WriteLine($"log      {identity.Origin}");
        Console.WriteLine($"data     {data}");
        Console.WriteLine($"roles    {roles}");
        Console.WriteLine($"listens  {string.Join(", ", silo.Addresses)}");
        if (options.Demo)
        {
            await RunDemoAsync(silo, roles, data, address, cancellation);
        }

        Console.WriteLine("Ready. Ctrl+C stops it.");
    }

    private static async Task RunDemoAsync(
        SiloHost silo, SiloRoles roles, string data, string address, CancellationToken cancellation)
    {
        if (!roles.HasFlag(SiloRoles.Ingest) || !roles.HasFlag(SiloRoles.Query))
        {
            throw new ArgumentException("--demo needs the roles ingest and query.");
        }

        var demo = DemoState.LoadOrCreate(data, () => NewDemo(silo.Services.GetRequiredService<TimeProvider>()));
        var party = silo.Services.GetRequiredService<PartyRegistry>().Register(DemoParty, demo.ApiKey);
        var options = ChainOptions(demo.Start);
        var fresh = await SampleChain.LoadAsync(
            silo.Services.GetRequiredService<ICaptureService>(), options, party.Id, party.KeyId, cancellation);
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

    /// <summary>The chain of the demonstration: one run, long enough ago that it has ended.</summary>
    internal static SupplyChainOptions ChainOptions(DateTimeOffset start) => new() { Start = start };

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

    /// <summary>An address that a person can open: a wildcard stands for this machine.</summary>
    private static string Reachable(string address) => address
        .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal)
        .Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal);
}
