using System.Text.Json;
using ProvenanceGrains.Epcis.Documents;
using ProvenanceGrains.Epcis.Tests.Documents;
using ProvenanceGrains.Epcis.Tests.Identifiers;
using ProvenanceGrains.Epcis.Vocabulary;

namespace ProvenanceGrains.Epcis.Tests.Vocabulary;

public sealed class CbvVocabularyTests
{
    [Theory]
    [InlineData(VocabularyKind.BizStep, "https://ref.gs1.org/cbv/BizStep-shipping",
        "shipping", "urn:epcglobal:cbv:bizstep:shipping", "cbv:BizStep-shipping")]
    [InlineData(VocabularyKind.Disposition, "https://ref.gs1.org/cbv/Disp-in_transit",
        "in_transit", "urn:epcglobal:cbv:disp:in_transit", "cbv:Disp-in_transit")]
    [InlineData(VocabularyKind.BizTransactionType, "https://ref.gs1.org/cbv/BTT-po",
        "po", "urn:epcglobal:cbv:btt:po", "cbv:BTT-po")]
    [InlineData(VocabularyKind.SourceDestinationType, "https://ref.gs1.org/cbv/SDT-location",
        "location", "urn:epcglobal:cbv:sdt:location", "cbv:SDT-location")]
    [InlineData(VocabularyKind.ErrorReason, "https://ref.gs1.org/cbv/ER-did_not_occur",
        "did_not_occur", "urn:epcglobal:cbv:er:did_not_occur", "cbv:ER-did_not_occur")]
    [InlineData(VocabularyKind.Component, "https://ref.gs1.org/cbv/Comp-latitude",
        "latitude", "urn:epcglobal:cbv:comp:latitude", "cbv:Comp-latitude")]
    [InlineData(VocabularyKind.MeasurementType, "https://gs1.org/voc/Temperature",
        "Temperature", "gs1:Temperature", "https://www.gs1.org/voc/Temperature")]
    [InlineData(VocabularyKind.AlertType, "https://gs1.org/voc/ALARM_CONDITION",
        "ALARM_CONDITION", "gs1:ALARM_CONDITION", "https://www.gs1.org/voc/ALARM_CONDITION")]
    public void All_spellings_of_a_term_have_one_form(VocabularyKind kind, string canonical, params string[] spellings)
    {
        foreach (var spelling in spellings.Append(canonical))
        {
            Assert.True(
                CbvVocabulary.TryCanonicalize(kind, spelling, JsonLdContext.Epcis, out var found, out var error), error);
            Assert.Equal(canonical, found);
        }
    }

    [Theory]
    [InlineData("sailing")]
    [InlineData("")]
    [InlineData("Shipping")]
    [InlineData("in_transit")]
    [InlineData("urn:epcglobal:cbv:bizstep:sailing")]
    [InlineData("urn:epcglobal:cbv:disp:in_transit")]
    [InlineData("https://ns.gs1.org/cbv/BizStep-shipping")]
    [InlineData("https://ref.gs1.org/cbv/BizStep-sailing")]
    [InlineData("cbv:BizStep-sailing")]
    [InlineData("no uri:x y")]
    public void What_is_no_business_step_is_refused(string text)
    {
        Assert.False(CbvVocabulary.TryCanonicalize(VocabularyKind.BizStep, text, JsonLdContext.Epcis, out var canonical, out var error));
        Assert.Null(canonical);
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("http://epcis.example.com/bizstep/sailing", "http://epcis.example.com/bizstep/sailing")]
    [InlineData("urn:example:sailing", "urn:example:sailing")]
    [InlineData("ex:sailing", "https://ns.example.com/sailing")]
    public void Terms_of_ones_own_pass_with_their_prefix_expanded(string text, string canonical)
    {
        var sample = SampleEvents.Event(SampleEvents.ObjectEvent.Replace("shipping", text, StringComparison.Ordinal));
        Assert.Equal(canonical, sample.BizStep);
    }

    [IdentifierVectorFact]
    public void The_terms_are_those_of_the_GS1_schema()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(
            Path.Combine(IdentifierVectors.Root, "epcis", "gs1-epcis", "EPCIS-JSON-Schema.json")));
        var definitions = document.RootElement.GetProperty("definitions");
        (string Name, VocabularyKind Kind)[] tables =
        [
            ("bizStep", VocabularyKind.BizStep), ("disposition", VocabularyKind.Disposition),
            ("bizTransaction-type", VocabularyKind.BizTransactionType),
            ("source-dest-type", VocabularyKind.SourceDestinationType), ("error-reason", VocabularyKind.ErrorReason),
            ("measurementType", VocabularyKind.MeasurementType), ("sensorAlertType", VocabularyKind.AlertType),
            ("component", VocabularyKind.Component),
        ];
        foreach (var (name, kind) in tables)
        {
            var terms = definitions.GetProperty(name).GetProperty("anyOf")[1].GetProperty("enum");
            foreach (var term in terms.EnumerateArray())
            {
                Assert.True(CbvVocabulary.TryCanonicalize(kind, term.GetString()!, JsonLdContext.Epcis, out _, out var error), error);
            }
        }
    }
}
