using System.Text.Json.Nodes;

namespace ProvenanceGrains.Browser.Tests.Fixtures;

/// <summary>The events of one chocolate bar, as captured, and the story that the server tells of them.</summary>
internal static class Chocolate
{
    public const string Key = "01/09506000134352/21/17";

    private static readonly (string Urn, string Link, string Name, double Latitude, double Longitude, string Offset)[] Places =
    [
        ("urn:epc:id:sgln:9506000.13400.0", "https://id.gs1.org/414/9506000134000", "Kumasi Cocoa Cooperative", 6.6885, -1.6244, "+00:00"),
        ("urn:epc:id:sgln:9506000.13401.0", "https://id.gs1.org/414/9506000134017", "Tema, container terminal", 5.64, 0.017, "+00:00"),
        ("urn:epc:id:sgln:9506000.13402.0", "https://id.gs1.org/414/9506000134024", "Antwerp, container terminal", 51.264, 4.343, "+01:00"),
        ("urn:epc:id:sgln:9506000.13403.0", "https://id.gs1.org/414/9506000134031", "Halle Chocolate Works", 50.7339, 4.2345, "+01:00"),
        ("urn:epc:id:sgln:9506000.13404.0", "https://id.gs1.org/414/9506000134048", "Corner Shop, Cologne", 50.9375, 6.9603, "+01:00"),
    ];

    private static readonly (int Day, int Place, string Type, string Action, string Step, string Disposition)[] Steps =
    [
        (0, 0, "ObjectEvent", "ADD", "commissioning", "active"),
        (2, 1, "ObjectEvent", "OBSERVE", "loading", "in_transit"),
        (18, 2, "ObjectEvent", "OBSERVE", "unloading", "in_transit"),
        (21, 3, "TransformationEvent", "", "commissioning", "active"),
        (22, 3, "ObjectEvent", "OBSERVE", "inspecting", "conformant"),
        (23, 3, "AggregationEvent", "ADD", "packing", "in_progress"),
        (25, 4, "ObjectEvent", "OBSERVE", "stocking", "sellable_accessible"),
    ];

    /// <summary>The events as a factory would send them, with URNs where the story has Digital Links.</summary>
    public static JsonObject[] Events() => [.. Steps.Select((step, i) => Event(i, step))];

    /// <summary>The bar's part in one of its events.</summary>
    public static string RoleIn(JsonObject e) => (string?)e["type"] switch
    {
        "TransformationEvent" => "output",
        "AggregationEvent" => "child",
        _ => "epc",
    };

    public static JsonObject Story(SampleLog log)
    {
        var events = Events();
        return new JsonObject
        {
            ["format"] = "provenancegrains-story/v1",
            ["entity"] = new JsonObject { ["kind"] = "lot", ["key"] = Key },
            ["uri"] = "https://id.gs1.org/" + Key,
            ["level"] = "item",
            ["identifiers"] = new JsonArray(
                new JsonObject { ["ai"] = "01", ["title"] = "GTIN", ["value"] = "09506000134352" },
                new JsonObject { ["ai"] = "21", ["title"] = "SERIAL", ["value"] = "17" }),
            ["name"] = "Dark chocolate 70 %",
            ["ilmd"] = new JsonObject
            {
                ["cbvmda:descriptionShort"] = "Dark chocolate 70 %",
                ["cbvmda:bestBeforeDate"] = "2028-05-20",
                ["example:ingredients"] = "cocoa beans, cane sugar",
                ["example:cocoaPercent"] = 70,
            },
            ["state"] = new JsonObject
            {
                ["bizStep"] = "stocking",
                ["disposition"] = "sellable_accessible",
                ["lastSeen"] = Time(25),
                ["location"] = Places[4].Link,
                ["parent"] = null,
                ["active"] = true,
            },
            ["journal"] = new JsonObject { ["length"] = events.Length, ["sealed"] = events.Length },
            ["events"] = new JsonArray([.. events.Select((e, i) => (JsonNode)StoryEvent(i, e, log))]),
            ["origins"] = new JsonArray(
                new JsonObject { ["key"] = "01/09506000134000/10/COCOA-1", ["relation"] = "input", ["depth"] = 1, ["name"] = "Cocoa beans, fermented and dried" },
                new JsonObject { ["key"] = "01/09506000134017/10/SUGAR-1", ["relation"] = "input", ["depth"] = 1, ["name"] = "Cane sugar" },
                new JsonObject { ["key"] = "01/09506000134024/10/F01", ["relation"] = "input", ["depth"] = 2, ["name"] = "Fresh cocoa beans" }),
            ["places"] = new JsonObject(Places.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Link, new JsonObject
            {
                ["name"] = p.Name,
                ["latitude"] = p.Latitude,
                ["longitude"] = p.Longitude,
            }))),
            ["links"] = new JsonObject
            {
                ["bundle"] = $"/entities/lot/{Key}/bundle",
                ["history"] = $"/entities/lot/{Key}/journal",
                ["trace"] = $"/trace/{Key}?direction=both",
                ["qr"] = $"/qr/{Key}.svg",
                ["checkpoint"] = "/log/checkpoint",
                ["vkey"] = "/log/vkey",
                ["policy"] = "/log/policy",
            },
        };
    }

    private static string Time(int day) => new DateTimeOffset(2026, 10, 25, 7, 30, 0, TimeSpan.Zero).AddDays(day)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Event(int i, (int Day, int Place, string Type, string Action, string Step, string Disposition) step)
    {
        var place = Places[step.Place];
        var e = new JsonObject
        {
            ["type"] = step.Type,
            ["eventID"] = $"urn:uuid:00000000-0000-4000-8000-{i:D12}",
            ["eventTime"] = Time(step.Day),
            ["eventTimeZoneOffset"] = place.Offset,
            ["bizStep"] = i % 2 == 0 ? step.Step : "urn:epcglobal:cbv:bizstep:" + step.Step,
            ["disposition"] = i % 2 == 0 ? step.Disposition : "https://ref.gs1.org/cbv/Disp-" + step.Disposition,
            ["readPoint"] = new JsonObject { ["id"] = place.Urn, ["example:name"] = place.Name },
        };
        if (step.Action.Length > 0)
        {
            e["action"] = step.Action;
        }

        if (i % 2 == 0)
        {
            e["bizLocation"] = new JsonObject { ["id"] = place.Link };
        }

        if (step.Step is "loading" or "unloading")
        {
            e["sensorElementList"] = new JsonArray(new JsonObject
            {
                ["sensorReport"] = new JsonArray(
                    new JsonObject { ["type"] = "Temperature", ["uom"] = "CEL", ["minValue"] = 14.50, ["maxValue"] = 17 },
                    new JsonObject { ["type"] = "gs1:RelativeHumidity", ["uom"] = "P1", ["value"] = 61.2 },
                    new JsonObject { ["type"] = "Temperature", ["uom"] = "CEL", ["minValue"] = 14.5, ["maxValue"] = 17.0 }),
            });
        }

        if (step.Type == "TransformationEvent")
        {
            e["inputQuantityList"] = new JsonArray(
                new JsonObject { ["epcClass"] = "urn:epc:class:lgtin:9506000.013400.COCOA-1", ["quantity"] = 35.5, ["uom"] = "KGM" },
                new JsonObject { ["epcClass"] = "https://id.gs1.org/01/09506000134017/10/SUGAR-1", ["quantity"] = 12, ["uom"] = "KGM" });
            e["outputEPCList"] = new JsonArray("https://id.gs1.org/" + Key);
            e["ilmd"] = new JsonObject
            {
                ["cbvmda:descriptionShort"] = "Dark chocolate 70 %",
                ["cbvmda:bestBeforeDate"] = "2028-05-20",
                ["example:ingredients"] = "cocoa beans, cane sugar",
                ["example:cocoaPercent"] = 70,
            };
        }
        else if (step.Type == "AggregationEvent")
        {
            e["parentID"] = "urn:epc:id:sscc:9506000.0134352001";
            e["childEPCs"] = new JsonArray("https://id.gs1.org/" + Key);
        }
        else
        {
            e["epcList"] = new JsonArray("urn:epc:id:sgtin:9506000.013435.17");
        }

        return e;
    }

    private static JsonObject StoryEvent(int i, JsonObject e, SampleLog log)
    {
        var step = Steps[i];
        var place = Places[step.Place];
        return new JsonObject
        {
            ["sequence"] = i,
            ["leafIndex"] = log.LeafIndexes[i],
            ["role"] = RoleIn(e),
            ["eventID"] = (string)e["eventID"]!,
            ["type"] = step.Type,
            ["eventTime"] = Time(step.Day),
            ["eventTimeZoneOffset"] = place.Offset,
            ["recordTime"] = DateTimeOffset.FromUnixTimeMilliseconds(SampleLog.RecordTimeMs(i))
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["action"] = step.Action.Length > 0 ? step.Action : null,
            ["bizStep"] = step.Step,
            ["disposition"] = step.Disposition,
            ["readPoint"] = place.Link,
            ["bizLocation"] = i % 2 == 0 ? place.Link : null,
            ["event"] = e.DeepClone(),
        };
    }
}
