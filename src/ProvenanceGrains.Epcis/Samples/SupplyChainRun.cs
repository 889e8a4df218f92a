using System.Globalization;

namespace ProvenanceGrains.Epcis.Samples;

/// <summary>One run of the factory: one pallet of bars, and everything on the way to it and from it.</summary>
internal sealed partial class SupplyChainRun
{
    private readonly SupplyChainOptions _options;
    private readonly int _run;
    private readonly int _firstBar;
    private readonly int _bars;
    private readonly long _serialBase;
    private readonly string _tag;
    private readonly DateTimeOffset _start;
    private readonly SeededSequence _random;

    public SupplyChainRun(SupplyChainOptions options, int run)
    {
        _options = options;
        _run = run;
        _firstBar = run * options.BarsPerRun;
        _bars = Math.Min(options.BarsPerRun, options.Bars - _firstBar);
        _start = options.Start + (SupplyChain.RunInterval * run);
        _random = new SeededSequence(unchecked(options.Seed + ((ulong)run * 0xD1B54A32D192ED03)));

        // Two seeds should name different things: the seed is in every lot and serial number.
        _tag = string.Create(CultureInfo.InvariantCulture, $"{options.Seed % 1_000_000:D2}-{run:D4}");
        _serialBase = (long)(unchecked((options.Seed * 7_919_339) + ((ulong)run * 4)) % 1_000_000_000);
    }

    /// <summary>The lot of fermented and dried beans.</summary>
    public string DriedLot => SampleKeys.Lot(SampleKeys.Gtin('0', SampleKeys.Cooperative, 102), $"COCOA-{_tag}");

    /// <summary>The pallet of finished bars.</summary>
    public string BarPallet => SampleKeys.LogisticUnit(SampleKeys.Brand, Serial(0));

    private string BarPalletUrn => SampleKeys.LogisticUnitUrn(SampleKeys.Brand, Serial(0));

    private string BeanPallet => SampleKeys.LogisticUnit(SampleKeys.Cooperative, Serial(0));

    private string BeanPalletUrn => SampleKeys.LogisticUnitUrn(SampleKeys.Cooperative, Serial(0));

    private string SugarLot => SampleKeys.Lot(SampleKeys.Gtin('0', SampleKeys.Brand, 150), $"SUGAR-{_tag}");

    private string MassLot => SampleKeys.Lot(SampleKeys.Gtin('0', SampleKeys.Brand, 201), $"MASS-{_tag}");

    private string Logger => SampleKeys.Device(SampleKeys.Carrier, $"LOG{Serial(0):D9}");

    private string LineSensor => SampleKeys.Device(SampleKeys.Brand, "LINE1");

    private int Cases => (_bars + _options.BarsPerCase - 1) / _options.BarsPerCase;

    private decimal UsedKilograms => Math.Ceiling(_bars * 0.08m);

    /// <summary>38 of 100 kg of fresh beans are left when they are dry.</summary>
    private decimal DriedKilograms => Math.Max(Math.Floor(_options.Farms * 90 * 0.38m), UsedKilograms);

    /// <summary>A bar by its number within the run.</summary>
    public string Bar(int number) => SampleKeys.Item(
        SampleKeys.Gtin('0', SampleKeys.Brand, 301),
        string.Create(CultureInfo.InvariantCulture, $"{_options.Seed % 1_000_000:D2}B{_firstBar + number:D8}"));

    /// <summary>All documents of the run, in the order of the story.</summary>
    public IEnumerable<SampleDocument> Documents()
    {
        for (var farm = 0; farm < _options.Farms; farm++)
        {
            yield return Document(
                1, $"harvest-{(farm + 1).ToString("D2", CultureInfo.InvariantCulture)}", SampleKeys.Cooperative, Harvest(farm));
        }

        yield return Document(2, "fermentation", SampleKeys.Cooperative, Fermentation());
        yield return Document(3, "dispatch-of-beans", SampleKeys.Cooperative, DispatchOfBeans());
        yield return Document(4, "ocean", SampleKeys.Carrier, Ocean());
        yield return Document(5, "arrival-of-beans", SampleKeys.Brand, ArrivalOfBeans());
        yield return Document(6, "conching", SampleKeys.Brand, Conching());
        yield return Document(7, "moulding", SampleKeys.Brand, Moulding());
        yield return Document(8, "packing", SampleKeys.Brand, Packing());
        yield return Document(9, "road", SampleKeys.Carrier, Road());
        yield return Document(10, "shop", SampleKeys.Shop, Shelf());
    }

    private SampleDocument Document(int step, string title, string sender, IReadOnlyList<SampleEvent> events)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_run:D6}-{step:D2}-{title}.json");

        // Options that would give other content must give other event ids, or a server would see a conflict.
        var origin = string.Create(
            CultureInfo.InvariantCulture,
            $"{_options.Seed}/{_options.Start.ToUnixTimeMilliseconds()}/{_options.Farms}/{_options.BarsPerCase}/{_options.CasesPerPallet}/{_bars}");
        return new SampleDocument(name, SampleDocumentWriter.Write(name, origin, sender, events), events.Count, _run);
    }

    private string FarmLot(int farm) => SampleKeys.Lot(
        SampleKeys.Gtin('0', SampleKeys.Cooperative, 101), string.Create(CultureInfo.InvariantCulture, $"F{farm + 1:D2}-{_tag}"));

    private string Case(int number) => SampleKeys.Item(
        SampleKeys.Gtin('1', SampleKeys.Brand, 301),
        string.Create(CultureInfo.InvariantCulture, $"{_options.Seed % 1_000_000:D2}C{_run:D6}{number:D3}"));

    private IReadOnlyList<string> BarsOfCase(int number) =>
        [.. Enumerable.Range(0, _bars).Skip(number * _options.BarsPerCase).Take(_options.BarsPerCase).Select(Bar)];

    /// <summary>A run has four serial numbers of each company to itself.</summary>
    private long Serial(int number) => (_serialBase + number) % 1_000_000_000;

    private DateTimeOffset At(double days) => _start + TimeSpan.FromMinutes(Math.Round(days * 24 * 60));

    private SampleSensor Logged(string device, DateTimeOffset end, TimeSpan length, (int Low, int High) tenths)
    {
        var low = _random.Tenths(tenths.Low, tenths.High);
        var high = low + _random.Tenths(4, 25);
        return new SampleSensor(
            device,
            end - length,
            end,
            [
                new SampleReport("Temperature", "CEL", Lowest: low, Highest: high, Mean: decimal.Round((low + high) / 2, 2)),
                new SampleReport("RelativeHumidity", "P1", Value: _random.Tenths(450, 640)),
            ]);
    }

    private static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
