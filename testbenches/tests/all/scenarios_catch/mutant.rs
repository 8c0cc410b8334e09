//! Defects that real MMUs had, each as one switch in [`super::defective::Model`].

/// One planted defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    // Permission
    MxrFrozenAtFill,
    NoWriteCheckOnHit,
    NoUserCheckOnHit,
    SharedTlbWithoutExecuteCheck,
    SumAllowsFetch,
    SumIgnored,
    MxrOpensStores,
    CacheBlockNeedsWrite,
    CacheBlockFaultsAsLoad,
    CacheBlockNeedsDirty,
    UserReachesSupervisorPages,
    // Entries
    WriteOnlyAcceptedByFetch,
    WriteOnlyAcceptedByData,
    PointerBitsAccepted,
    PointerReservedAccepted,
    LeafReservedAccepted,
    NapotAccepted,
    PbmtAccepted,
    NapotCodeUnchecked,
    NapotSuperpageAccepted,
    SoftwareBitsRefused,
    ReservedTypeAccepted,
    PointerTypeAccepted,
    PbmteIgnored,
    TypeLostOnHit,
    RetypedWalkCached,
    NapotSizeHidden,
    MisalignedOred,
    PointerAtLastLevelAccepted,
    RswRefused,
    ReservedGivesAccessFault,
    InvalidAccepted,
    TablePpnCut,
    PhysicalPpnCut,
    // Wrongly cached
    FaultingLeafCached,
    PermissionFaultCached,
    UpdateBeforePermission,
    FaultFlagSurvives,
    StaleResponseTaken,
    InvalidCached,
    UnaccessedCached,
    // Fences and contexts
    FenceAsidFromSatp,
    FenceForgetsVa,
    FenceVaFromLastFence,
    RefillSurvivesFence,
    WalkIgnoresFence,
    AsidFenceKillsGlobal,
    VaFenceSparesGlobal,
    AsidIgnored,
    AsidCompareLowByte,
    GlobalIgnored,
    GlobalPointerIgnored,
    GlobalSticks,
    SuperpageFencedByExactVa,
    NapotFencedByExactVa,
    SatpChangeMidWalk,
    OvertakenWalkCached,
    RequestBesideFenceAccepted,
    // Superpages
    SuperpageOffsetCut,
    NapotOffsetOred,
    NapotLineOfOnePage,
    NapotOverlapsKept,
    NapotCopyWritten,
    MegapageTagTooWide,
    // A and D
    NoRetry,
    RetryFromOldEntry,
    LoadSetsDirty,
    DirtyIgnored,
    AccessedIgnored,
    UpdateUnderSvade,
    StaleDirtyAfterUpdate,
    // Causes, tval, order
    StoreBusErrorAsLoad,
    BusErrorAsPageFault,
    BusErrorIgnored,
    UpdateErrorIgnored,
    CanonicalOneLate,
    CanonicalUnchecked,
    TvalIsPhysical,
    TvalCut,
    MachineTranslated,
    BareChecksPermission,
    BareBeyondWidthPasses,
    ReservedModePasses,
    // Ports
    RefillOnWrongPort,
    AnswersSwapped,
    DataAlwaysFirst,
    DataStarvesFetch,
    HitsWaitForWalk,
    // Cycles
    HitTakesACycle,
    WalkReadsOneLate,
    AnswerOneLate,
    UpdateOneLate,
    FenceTakesTwo,
    WalkAfterFenceLate,
    // Fault port
    NewestFaultHeld,
    FaultNeverDropped,
    /// Locked entries of PMP can be written.
    PmpLockIgnored,
    /// W without R is kept.
    PmpReservedKept,
    /// The entry below a locked TOR can be moved.
    PmpTorLockIgnored,
    /// TOR matches the word at its end.
    PmpTopInclusive,
    /// The highest-numbered entry decides.
    PmpPriorityReversed,
    /// An access that an entry matches in part is judged by its permissions.
    PmpPartialAllowed,
    /// Unlocked entries bind machine mode.
    PmpBindsMachine,
    /// What no entry matches is allowed.
    PmpNoMatchAllowed,
    /// Answers from the TLB are not judged by PMP.
    PmpUncheckedOnHit,
    /// The walker's accesses are not judged.
    TablesUnchecked,
    /// A refused read is sent to memory all the same.
    RefusedReadReachesMemory,
    /// An update of A and D needs no more than a read.
    UpdateCheckedAsRead,
    /// The walker reads tables where a region does not allow it.
    RegionTablesIgnored,
    /// A and D are updated where a region has no atomics.
    RegionAtomicsIgnored,
    /// A region without anything answers.
    AbsentRegionAnswers,
    /// The attributes of regions do not go out.
    RegionHidden,
}
