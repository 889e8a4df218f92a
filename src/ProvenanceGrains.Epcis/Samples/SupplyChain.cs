namespace ProvenanceGrains.Epcis.Samples;

/// <summary>What to generate.</summary>
public sealed record SupplyChainOptions
{
    /// <summary>The most bars of one generated chain.</summary>
    public const int MaxBars = 100_000_000;

    /// <summary>The most farms that deliver to one run.</summary>
    public const int MaxFarms = 64;

    /// <summary>The same options give the same bytes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>When the first harvest begins. The last event is at most <see cref="SupplyChain.Span"/> later.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Chocolate bars to make, 1 to <see cref="MaxBars"/>.</summary>
    public int Bars { get; init; } = 96;

    /// <summary>Farms that deliver to each run, 1 to <see cref="MaxFarms"/>.</summary>
    public int Farms { get; init; } = 5;

    /// <summary>Bars in a case, 1 to 100.</summary>
    public int BarsPerCase { get; init; } = 12;

    /// <summary>Cases on a pallet, 1 to 100; a run of the factory fills one pallet.</summary>
    public int CasesPerPallet { get; init; } = 8;

    internal int BarsPerRun => BarsPerCase * CasesPerPallet;

    internal int Runs => (Bars + BarsPerRun - 1) / BarsPerRun;
}

/// <summary>One EPCIS 2.0 capture document in JSON.</summary>
/// <param name="Name">A file name that sorts in the order of the story, e.g. <c>0000-07-packing.json</c>.</param>
/// <param name="Json">UTF-8.</param>
/// <param name="Events">How many events it holds.</param>
/// <param name="Run">The factory run it belongs to. Documents of one run tell one story in order; runs are independent.</param>
public sealed record SampleDocument(string Name, byte[] Json, int Events, int Run);

/// <summary>Something of the generated chain that is worth opening.</summary>
/// <param name="Title">What it is, in English.</param>
/// <param name="Path">Its GS1 Digital Link path, beginning with a slash.</param>
public sealed record SampleHighlight(string Title, string Path);

/// <summary>
/// A cocoa supply chain from the farm to the till, as EPCIS 2.0 JSON documents of the parties that would send them:
/// farms, a cooperative, an ocean carrier, a chocolate factory, a road carrier and a shop.
/// </summary>
/// <remarks>
/// Company prefixes are from the range that GS1 keeps for demonstrations (952). The carrier writes EPC URNs and no event
/// ids; everybody else writes Digital Link URIs and event ids, so that both meet in one journal. Names of goods stand in
/// <c>cbvmda:descriptionShort</c> of the <c>ilmd</c>, names and coordinates of places in the header's master data and
/// in the events' extension <c>example:places</c> (an array of <c>example:id</c>, <c>example:name</c>,
/// <c>example:latitude</c>, <c>example:longitude</c>), which travels with the event.
/// </remarks>
public static class SupplyChain
{
    /// <summary>From the harvest to the till, for one run.</summary>
    private static readonly TimeSpan RunLength = TimeSpan.FromDays(60);

    /// <summary>From one run's harvest to the next one's.</summary>
    internal static readonly TimeSpan RunInterval = TimeSpan.FromMinutes(30);

    /// <summary>How long the generated story lasts: no event is later than the start plus this.</summary>
    public static TimeSpan Span(SupplyChainOptions options)
    {
        Check(options);
        return RunLength + (RunInterval * options.Runs);
    }

    /// <summary>Generates the documents one by one, in the order of the story; nothing is held in memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IEnumerable<SampleDocument> Generate(SupplyChainOptions options)
    {
        Check(options);
        return Enumerable.Range(0, options.Runs).SelectMany(run => new SupplyChainRun(options, run).Documents());
    }

    /// <summary>A bar, the pallet it travelled on and the cocoa lot it was made from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IReadOnlyList<SampleHighlight> Highlights(SupplyChainOptions options)
    {
        Check(options);
        var run = new SupplyChainRun(options, 0);
        return
        [
            new SampleHighlight("a chocolate bar", Path(run.Bar(0))),
            new SampleHighlight("a pallet", Path(run.BarPallet)),
            new SampleHighlight("a lot of cocoa beans", Path(run.DriedLot)),
        ];
    }

    private static string Path(string uri) => uri[SampleKeys.Resolver.Length..];

    private static void Check(SupplyChainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Bars, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Bars, SupplyChainOptions.MaxBars, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Farms, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Farms, SupplyChainOptions.MaxFarms, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BarsPerCase, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BarsPerCase, 100, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CasesPerPallet, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CasesPerPallet, 100, nameof(options));
    }
}
