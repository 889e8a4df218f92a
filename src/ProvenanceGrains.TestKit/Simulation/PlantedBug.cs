namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Mistakes that a run can be made with, each in a variant of a part that lives here: the simulator must find every one.</summary>
public enum PlantedBug
{
    /// <summary>The engine as it is.</summary>
    None,

    /// <summary>G1: units are acknowledged although the disk's cache was never flushed.</summary>
    AcknowledgesBeforePersistence,

    /// <summary>G1: a failed fsync is taken for a success.</summary>
    HidesFailedSync,

    /// <summary>G1: a crash loses the newest durable write.</summary>
    LosesTailInCrash,

    /// <summary>G1: entries are sealed that are not durable yet.</summary>
    SealsUndurableEntries,

    /// <summary>G2: the store takes entries that do not continue their journal.</summary>
    StoresWithoutFence,

    /// <summary>G2: a grain whose unit was refused does not read its journal again.</summary>
    DoesNotReload,

    /// <summary>G2: a grain takes the clock's word when the clock was set back.</summary>
    LetsTimeGoBack,

    /// <summary>G3: two sealers write over each other's checkpoint.</summary>
    SealsWithoutSwap,

    /// <summary>G3: a recovering sealer does not see the stage that is committed.</summary>
    ForgetsCommittedStage,

    /// <summary>G3: a checkpoint is public before the tiles under it are.</summary>
    PublishesBeforeApplying,

    /// <summary>G3: a block names another block than the one before it.</summary>
    NamesWrongPreviousBlock,

    /// <summary>G3: the sealer gets entries in another order than they were committed in.</summary>
    ReordersEntries,


    /// <summary>G5: the map of heads forgets what earlier blocks put into it.</summary>
    ForgetsHeadMapUpdate,

    /// <summary>G5: a reader is given the head that a journal had before.</summary>
    ReadsStaleHead,

    /// <summary>G4: a reader is given a tile of which one hash is wrong.</summary>
    ReadsWrongTile,

    /// <summary>G9: after a start nobody knows which events there are already.</summary>
    ForgetsClaims,

    /// <summary>G9, G11: of a document with several events the last one is left out.</summary>
    CommitsPartOfUnit,
}
