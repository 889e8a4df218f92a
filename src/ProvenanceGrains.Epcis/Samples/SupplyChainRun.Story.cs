namespace ProvenanceGrains.Epcis.Samples;

/// <content>What happens, party by party. Days are counted from the harvest.</content>
internal sealed partial class SupplyChainRun
{
    private const string Object = "ObjectEvent";
    private const string Aggregation = "AggregationEvent";
    private const string Association = "AssociationEvent";
    private const string Transformation = "TransformationEvent";
    private const string Transaction = "TransactionEvent";

    private (string Type, string Id) BeanOrder => ("po", SampleKeys.BusinessDocument(SampleKeys.Brand, $"PO-{_tag}"));

    private (string Type, string Id) BeanNotice => ("desadv", SampleKeys.BusinessDocument(SampleKeys.Cooperative, $"DA-{_tag}"));

    private (string Type, string Id) BarOrder => ("po", SampleKeys.BusinessDocument(SampleKeys.Shop, $"PO-{_tag}"));

    private (string Type, string Id) ProductionOrder => ("prodorder", SampleKeys.BusinessDocument(SampleKeys.Brand, $"RUN-{_tag}"));

    private SampleEvent[] Harvest(int farm)
    {
        var place = SamplePlaces.Farm(farm);
        var kilograms = _random.Tenths(900, 1400);
        return
        [
            new()
            {
                Type = Object, Time = At(0.3 + (farm * 0.01)), Action = "ADD", BizStep = "commissioning", Disposition = "active",
                ReadPoint = place, ByPosition = true, Location = place,
                Quantities = [new(FarmLot(farm), kilograms)],
                Certificate = $"https://certificates.example.org/fair-cocoa/{SampleKeys.Gln(SampleKeys.Cooperative, 100 + farm)}",
                Ilmd =
                [
                    ("cbvmda:descriptionShort", "Fresh cocoa beans"), ("cbvmda:lotNumber", $"F{farm + 1:D2}-{_tag}"),
                    ("cbvmda:harvestStartDate", Date(At(0))), ("cbvmda:harvestEndDate", Date(At(0.3))),
                    ("cbvmda:countryOfOrigin", "GH"), ("example:farm", place.Name), ("example:variety", "Forastero"),
                ],
            },
            new()
            {
                Type = Object, Time = At(0.4 + (farm * 0.01)), Action = "OBSERVE", BizStep = "shipping", Disposition = "in_transit",
                ReadPoint = place, ByPosition = true,
                Quantities = [new(FarmLot(farm), kilograms)],
            },
        ];
    }

    private SampleEvent[] Fermentation()
    {
        var place = SamplePlaces.Cooperative;
        var lots = Enumerable.Range(0, _options.Farms).Select(farm => new SampleQuantity(FarmLot(farm), 90)).ToArray();
        return
        [
            new()
            {
                Type = Object, Time = At(0.8), Action = "OBSERVE", BizStep = "receiving", Disposition = "in_progress",
                ReadPoint = place, Location = place, Quantities = lots,
            },
            new()
            {
                Type = Transformation, Time = At(12), BizStep = "commissioning", Disposition = "active",
                ReadPoint = place, Location = place, Inputs = lots, Outputs = [new(DriedLot, DriedKilograms)],
                Sensors = [Logged(SampleKeys.Device(SampleKeys.Cooperative, "BOX7"), At(7), TimeSpan.FromDays(6), (440, 470))],
                Ilmd =
                [
                    ("cbvmda:descriptionShort", "Cocoa beans, fermented and dried"), ("cbvmda:lotNumber", $"COCOA-{_tag}"),
                    ("cbvmda:countryOfOrigin", "GH"), ("example:process", "six days in wooden boxes, five days in the sun"),
                ],
            },
            new()
            {
                Type = Object, Time = At(12.2), Action = "OBSERVE", BizStep = "inspecting", Disposition = "conformant",
                ReadPoint = place, Location = place, Quantities = [new(DriedLot, DriedKilograms)],
                Transactions = [("testres", SampleKeys.BusinessDocument(SampleKeys.Cooperative, $"CUT-{_tag}"))],
                Sensors =
                [
                    new(SampleKeys.Device(SampleKeys.Cooperative, "LAB1"), At(12.19), At(12.2),
                        [new("Dimensionless", "P1", Value: _random.Tenths(65, 78))]),
                ],
            },
        ];
    }

    private SampleEvent[] DispatchOfBeans()
    {
        var place = SamplePlaces.Cooperative;
        return
        [
            new()
            {
                Type = Aggregation, Time = At(13), Action = "ADD", BizStep = "packing", Disposition = "in_progress",
                ReadPoint = place, Location = place, Parent = BeanPallet, Quantities = [new(DriedLot, DriedKilograms)],
            },
            new()
            {
                Type = Association, Time = At(13.1), Action = "ADD", BizStep = "installing", Disposition = "active",
                ReadPoint = place, Location = place, Parent = BeanPallet, Epcs = [Logger],
            },
            new()
            {
                Type = Transaction, Time = At(13.2), Action = "ADD", BizStep = "staging_outbound", Disposition = "in_progress",
                ReadPoint = place, Location = place, Epcs = [BeanPallet], Transactions = [BeanOrder, BeanNotice],
            },
            new()
            {
                Type = Object, Time = At(13.4), Action = "OBSERVE", BizStep = "shipping", Disposition = "in_transit",
                ReadPoint = place, Epcs = [BeanPallet], Transactions = [BeanOrder, BeanNotice],
                From = SampleKeys.Cooperative, To = SampleKeys.Carrier,
            },
        ];
    }

    private SampleEvent[] Ocean()
    {
        var load = new SampleEvent
        {
            Type = Object,
            Time = At(14),
            Action = "OBSERVE",
            BizStep = "loading",
            Disposition = "in_transit",
            ReadPoint = SamplePlaces.PortOfLoading,
            Epcs = [BeanPalletUrn],
            HasId = false,
            Transactions = [("bol", SampleKeys.BusinessDocument(SampleKeys.Carrier, $"BL-{_tag}"))],
        };
        var voyage = SamplePlaces.AtSea.Select((place, i) => new SampleEvent
        {
            Type = Object,
            Time = At(18 + (4 * i)),
            Action = "OBSERVE",
            BizStep = "transporting",
            Disposition = "in_transit",
            ReadPoint = place,
            ByPosition = true,
            Epcs = [BeanPalletUrn],
            HasId = false,
            Sensors = [Logged(Logger, At(18 + (4 * i)), TimeSpan.FromDays(4), (240 - (40 * i), 260 - (40 * i)))],
        });
        var unload = load with
        {
            Time = At(30),
            BizStep = "unloading",
            ReadPoint = SamplePlaces.PortOfDischarge,
        };
        return [load, .. voyage, unload];
    }

    private SampleEvent[] ArrivalOfBeans()
    {
        var place = SamplePlaces.Factory;
        return
        [
            new()
            {
                Type = Object, Time = At(32), Action = "OBSERVE", BizStep = "receiving", Disposition = "in_progress",
                PersistentDisposition = "completeness_verified", ReadPoint = place, Location = place, Epcs = [BeanPallet],
                Transactions = [BeanOrder, BeanNotice], From = SampleKeys.Carrier, To = SampleKeys.Brand,
            },
            new()
            {
                Type = Association, Time = At(32.1), Action = "DELETE", BizStep = "removing", Disposition = "active",
                ReadPoint = place, Location = place, Parent = BeanPallet, Epcs = [Logger],
            },
            new()
            {
                Type = Aggregation, Time = At(32.2), Action = "DELETE", BizStep = "unpacking", Disposition = "in_progress",
                ReadPoint = place, Location = place, Parent = BeanPallet, Quantities = [new(DriedLot, DriedKilograms)],
            },
        ];
    }

    private SampleEvent[] Conching()
    {
        var place = SamplePlaces.Factory;
        var sugar = Math.Ceiling(_bars * 0.03m);
        return
        [
            new()
            {
                Type = Object, Time = At(33), Action = "ADD", BizStep = "creating_class_instance", Disposition = "active",
                ReadPoint = place, Location = place, Quantities = [new(SugarLot, sugar)],
                Ilmd =
                [
                    ("cbvmda:descriptionShort", "Cane sugar"), ("cbvmda:lotNumber", $"SUGAR-{_tag}"),
                    ("cbvmda:countryOfOrigin", "MU"),
                ],
            },
            new()
            {
                Type = Transformation, Time = At(35), BizStep = "commissioning", Disposition = "active",
                ReadPoint = place, Location = place,
                Inputs = [new(DriedLot, UsedKilograms), new(SugarLot, sugar)], Outputs = [new(MassLot, Math.Ceiling(_bars * 0.1m))],
                Transactions = [ProductionOrder],
                Sensors = [Logged(LineSensor, At(35), TimeSpan.FromHours(36), (620, 680))],
                Ilmd =
                [
                    ("cbvmda:descriptionShort", "Chocolate mass 70 %"), ("cbvmda:lotNumber", $"MASS-{_tag}"),
                    ("example:process", "roasted, ground, conched for 36 hours"),
                ],
            },
        ];
    }

    private SampleEvent[] Moulding()
    {
        var place = SamplePlaces.Factory;
        return
        [
            new()
            {
                Type = Transformation, Time = At(36), BizStep = "commissioning", Disposition = "active",
                ReadPoint = place, Location = place,
                Inputs = [new(MassLot, Math.Ceiling(_bars * 0.1m))], OutputEpcs = [.. Enumerable.Range(0, _bars).Select(Bar)],
                Transactions = [ProductionOrder],
                Sensors = [Logged(LineSensor, At(36), TimeSpan.FromHours(2), (308, 314))],
                Ilmd =
                [
                    ("cbvmda:descriptionShort", "Dark chocolate 70 %, 100 g"), ("cbvmda:lotNumber", $"BAR-{_tag}"),
                    ("cbvmda:bestBeforeDate", Date(At(36 + 540))), ("example:ingredients", "cocoa beans, cane sugar"),
                ],
            },
            new()
            {
                Type = Object, Time = At(36.2), Action = "OBSERVE", BizStep = "inspecting", Disposition = "conformant",
                ReadPoint = place, Location = place, Epcs = [.. Enumerable.Range(0, Math.Min(4, _bars)).Select(Bar)],
                Transactions = [("testres", SampleKeys.BusinessDocument(SampleKeys.Brand, $"QA-{_tag}"))],
            },
        ];
    }

    private SampleEvent[] Packing()
    {
        var place = SamplePlaces.Factory;
        var cases = Enumerable.Range(0, Cases).Select(number => new SampleEvent
        {
            Type = Aggregation,
            Time = At(37 + (0.002 * number)),
            Action = "ADD",
            BizStep = "packing",
            Disposition = "in_progress",
            ReadPoint = place,
            Location = place,
            Parent = Case(number),
            Epcs = BarsOfCase(number),
        });
        return
        [
            .. cases,
            new()
            {
                Type = Aggregation, Time = At(37.5), Action = "ADD", BizStep = "packing", Disposition = "container_closed",
                ReadPoint = place, Location = place, Parent = BarPallet, Epcs = [.. Enumerable.Range(0, Cases).Select(Case)],
            },
            new()
            {
                Type = Object, Time = At(38), Action = "OBSERVE", BizStep = "shipping", Disposition = "in_transit",
                ReadPoint = place, Epcs = [BarPallet], Transactions = [BarOrder],
                From = SampleKeys.Brand, To = SampleKeys.Carrier,
            },
        ];
    }

    private SampleEvent[] Road() =>
    [
        new()
        {
            Type = Object, Time = At(38.1), Action = "OBSERVE", BizStep = "departing", Disposition = "in_transit",
            ReadPoint = SamplePlaces.Factory, Epcs = [BarPalletUrn], HasId = false,
        },
        new()
        {
            Type = Object, Time = At(38.3), Action = "OBSERVE", BizStep = "transporting", Disposition = "in_transit",
            ReadPoint = SamplePlaces.Depot, Epcs = [BarPalletUrn], HasId = false,
            Sensors = [Logged(Logger, At(38.3), TimeSpan.FromHours(4), (145, 170))],
        },
        new()
        {
            Type = Object, Time = At(38.5), Action = "OBSERVE", BizStep = "arriving", Disposition = "in_transit",
            ReadPoint = SamplePlaces.Shop, Epcs = [BarPalletUrn], HasId = false,
            Sensors = [Logged(Logger, At(38.5), TimeSpan.FromHours(4), (150, 175))],
        },
    ];

    private SampleEvent[] Shelf()
    {
        var place = SamplePlaces.Shop;
        var cases = Enumerable.Range(0, Cases).Select(number => new SampleEvent
        {
            Type = Aggregation,
            Time = At(39 + (0.002 * number)),
            Action = "DELETE",
            BizStep = "unpacking",
            Disposition = "in_progress",
            ReadPoint = place,
            Location = place,
            Parent = Case(number),
            Epcs = BarsOfCase(number),
        });
        return
        [
            new()
            {
                Type = Object, Time = At(38.6), Action = "OBSERVE", BizStep = "receiving", Disposition = "in_progress",
                PersistentDisposition = "completeness_verified", ReadPoint = place, Location = place, Epcs = [BarPallet],
                Transactions = [BarOrder], From = SampleKeys.Carrier, To = SampleKeys.Shop,
            },
            new()
            {
                Type = Aggregation, Time = At(38.8), Action = "DELETE", BizStep = "unpacking", Disposition = "in_progress",
                ReadPoint = place, Location = place, Parent = BarPallet, Epcs = [.. Enumerable.Range(0, Cases).Select(Case)],
            },
            .. cases,
            new()
            {
                Type = Object, Time = At(39.5), Action = "OBSERVE", BizStep = "stocking", Disposition = "sellable_accessible",
                ReadPoint = place, Location = place, Epcs = [.. Enumerable.Range(0, _bars).Select(Bar)],
            },
            new()
            {
                Type = Object, Time = At(41 + (_random.Between(0, 100) / 10.0)), Action = "OBSERVE", BizStep = "retail_selling",
                Disposition = "retail_sold", ReadPoint = place, Location = place,
                Epcs = [.. Enumerable.Range(0, _bars).Where(bar => bar % 3 == 0).Select(Bar)],
                Transactions = [("inv", SampleKeys.BusinessDocument(SampleKeys.Shop, $"TILL-{_tag}"))],
            },
        ];
    }
}
