namespace ProvenanceGrains.Epcis.Vocabulary;

/// <summary>The standard vocabularies of CBV 2.0 (section 7).</summary>
public enum VocabularyKind
{
    BizStep,
    Disposition,
    BizTransactionType,
    SourceDestinationType,
    ErrorReason,

    /// <summary>Type of a sensor report, from the GS1 Web Vocabulary.</summary>
    MeasurementType,

    /// <summary>Exception of a sensor report, from the GS1 Web Vocabulary.</summary>
    AlertType,

    /// <summary>Component of a sensor report.</summary>
    Component,
}
