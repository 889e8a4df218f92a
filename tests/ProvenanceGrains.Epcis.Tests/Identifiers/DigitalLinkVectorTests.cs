using System.Text.Json;
using ProvenanceGrains.Epcis.Identifiers;

namespace ProvenanceGrains.Epcis.Tests.Identifiers;

public sealed class DigitalLinkVectorTests
{
    [IdentifierVectorFact]
    public void Links_give_the_data_of_the_GS1_syntax_engine() =>
        IdentifierVectors.ForEach("digital-link/dl-parse-vectors.json", static vector =>
        {
            var uri = vector.Text("uri")!;
            var options = DigitalLinkOptions.None;
            options |= IsOn(vector, "permitConvenienceAlphas") ? DigitalLinkOptions.AllowShortNames : 0;
            options |= IsOn(vector, "setPermitZeroSuppressedGTINinDLuris") ? DigitalLinkOptions.AllowShortGtin : 0;
            var read = DigitalLink.TryParse(uri, options, out var link, out var error);
            if (read != vector.GetProperty("valid").GetBoolean())
            {
                return $"{uri}: {error ?? "accepted"}";
            }

            // The engine keeps a short GTIN's padding out of nothing: its data is padded as ours is.
            return read && link!.ToElementString('^') != vector.Text("ai_data")
                ? $"{uri}: {link.ToElementString('^')}, not {vector.Text("ai_data")}" : null;
        });

    [IdentifierVectorFact]
    public void Content_checks_agree_with_the_GS1_syntax_tests() =>
        IdentifierVectors.ForEach("digital-link/lint-vectors.json", static vector =>
        {
            var linter = vector.Text("linter")!;
            var value = vector.Text("value")!;
            if (Accepts(linter, value) is not { } accepted)
            {
                return null;
            }

            return accepted == vector.GetProperty("valid").GetBoolean() ? null : $"{linter} '{value}': {accepted}";
        });

    [IdentifierVectorFact]
    public void Identifiers_get_the_canonical_link_of_the_event_hash() =>
        IdentifierVectors.ForEach("event-hash/epc-to-canonical-dl.json", static vector =>
        {
            var input = vector.Text("input")!;
            Epc.TryCanonicalizeUnverified(input, out var uri, out var error);
            return uri == vector.Text("canonical_digital_link") ? null : $"{input}: {uri ?? error}";
        });

    /// <summary>Null for the three checks that are not made: see <see cref="Gs1Linters"/>.</summary>
    private static bool? Accepts(string linter, string value) => linter switch
    {
        "couponcode" or "couponposoffer" or "packagetype" => null,
        "cset82" => Gs1Characters.IndexOutsideSet82(value) < 0,
        "cset39" => Gs1Characters.IndexOutsideSet39(value) < 0,
        "cset64" => Gs1Characters.IsSet64(value),
        "csetnumeric" => Gs1Characters.AreDigits(value),
        // Numeric components: their character set is checked before these.
        "csum" or "zero" or "nonzero" or "nozeroprefix" =>
            Gs1Characters.AreDigits(value) && Gs1Linters.ByName(linter)(value) is null,
        _ => Gs1Linters.ByName(linter)(value) is null,
    };

    private static bool IsOn(JsonElement vector, string option) =>
        vector.GetProperty("options").TryGetProperty(option, out var value)
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.String => value.GetString() == "true",
            _ => false,
        };
}
