namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>What the panel can break, or send in an unusual way. The names are the page's: <c>failing-model</c>.</summary>
internal enum Fault
{
    /// <summary>The last message comes again as another event.</summary>
    Duplicate,

    /// <summary>A message under the person's hidden id.</summary>
    Lid,

    /// <summary>A message in the group that speaks to the bot.</summary>
    Group,

    /// <summary>A message in the group that does not.</summary>
    GroupAside,

    /// <summary>The session is FAILED for a while.</summary>
    Link,

    /// <summary>The model does not begin to answer for a while.</summary>
    SlowModel,

    /// <summary>The model fails for a while.</summary>
    FailingModel,

    /// <summary>Another program holds the database's write lock for a while.</summary>
    Database,

    /// <summary>A human answers on the account's own phone.</summary>
    Human,

    /// <summary>The human writes <c>/bot on</c> there.</summary>
    BotOn,
}

/// <summary>The faults' names on the page and in its requests.</summary>
internal static class FaultNames
{
    /// <summary>Every fault, in the order of its buttons.</summary>
    public static IReadOnlyList<(Fault Fault, string Name)> All { get; } =
    [
        (Fault.Duplicate, "duplicate"), (Fault.Lid, "lid"), (Fault.Group, "group"), (Fault.GroupAside, "group-aside"),
        (Fault.Link, "link"), (Fault.SlowModel, "slow-model"), (Fault.FailingModel, "failing-model"), (Fault.Database, "database"),
        (Fault.Human, "human"), (Fault.BotOn, "bot-on"),
    ];

    /// <summary>The fault of that name, or null.</summary>
    public static Fault? Parse(string? name)
    {
        foreach (var (fault, known) in All)
        {
            if (known == name)
                return fault;
        }

        return null;
    }

    /// <summary>Its name.</summary>
    public static string Of(Fault fault) => All[(int)fault].Name;

    /// <summary>Whether it lasts for a while and can be ended by hand.</summary>
    public static bool Lasts(Fault fault) => fault is Fault.Link or Fault.SlowModel or Fault.FailingModel or Fault.Database;
}
