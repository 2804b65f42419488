namespace OpenClaw.Worker.Models.Offline;

/// <summary>The languages that the offline brain speaks.</summary>
internal enum OfflineLanguage
{
    Portuguese,
    English,
}

/// <summary>What a person wants, as far as rules can tell.</summary>
internal enum OfflineTopic
{
    Unknown,
    Greeting,
    Thanks,
    Help,
    Clock,
    UnknownPlace,
    ListFiles,
    SearchFiles,
    ReadFile,
    RunCommand,
    SetReminder,
    ListReminders,
    CancelReminder,
    UnclearReminder,
}

/// <summary>One wish of a person.</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="Language">The language to answer in.</param>
/// <param name="Call">The skill call that fulfils it; null where words do.</param>
/// <param name="Label">What it is about in the person's own words: place, file, query, command line, or the question that was not understood.</param>
/// <param name="AsksDate">Clock: the day rather than the time.</param>
internal sealed record OfflineRequest(
    OfflineTopic Topic,
    OfflineLanguage Language,
    OfflineCall? Call = null,
    string? Label = null,
    bool AsksDate = false);
