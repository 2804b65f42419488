using System.Globalization;
using Npgsql;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>A connection string of PostgreSQL that was checked, with the options that are ours. Shows itself without user and password.</summary>
internal sealed class PostgresAddress
{
    /// <summary>Options that decide how units are retried, what an outage costs and what errors tell: not the operator's to set.</summary>
    private static readonly HashSet<string> OurOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "Pooling", "Minimum Pool Size", "Maximum Pool Size", "Connection Idle Lifetime", "Connection Pruning Interval", "Connection Lifetime", "Multiplexing", "Enlist",
        "Timeout", "Command Timeout", "Cancellation Timeout", "Internal Command Timeout", "Keepalive", "TCP Keepalive", "TCP Keepalive Time", "TCP Keepalive Interval",
        "Max Auto Prepare", "Auto Prepare Min Usages", "No Reset On Close", "Replication Mode", "Target Session Attributes", "Load Balance Hosts", "Host Recheck Seconds", "Server Compatibility Mode", "Load Table Composites",
        "Include Error Detail", "Include Failed Batched Command", "Log Parameters", "Persist Security Info",
    };

    /// <summary>How long a connection may take to be opened.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long an answer of the server is waited for.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);

    private readonly NpgsqlConnectionStringBuilder _options;

    private PostgresAddress(NpgsqlConnectionStringBuilder options) => _options = options;

    /// <summary>Where it is: <c>host:port/database</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Servers}/{_options.Database}");

    /// <summary>Host and port; several for a cluster that fails over.</summary>
    public string Servers => string.Join(',', _options.Host!.Split(',', StringSplitOptions.TrimEntries).Select(WithPort));

    public string Database => _options.Database!;

    /// <summary>Reads the connection string of this name.</summary>
    /// <param name="name">For example <c>openclaw-keys</c>.</param>
    /// <param name="text">As configured.</param>
    /// <exception cref="StartupException">It cannot be read, names no database, or sets what is ours.</exception>
    public static PostgresAddress Parse(string name, string text)
    {
        NpgsqlConnectionStringBuilder options;
        try
        {
            options = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw new StartupException(
                $"ConnectionStrings__{name} is not a PostgreSQL connection string: write `Host=<server>;Port=5432;Database={name};Username=<user>;Password=<password>`, a value with `;` in quotes.", error);
        }

        if (string.IsNullOrWhiteSpace(options.Host) || string.IsNullOrWhiteSpace(options.Database))
            throw new StartupException($"ConnectionStrings__{name} must name a server and a database: write `Host=<server>;Database={name};Username=<user>;Password=<password>`.");
        var taken = options.Keys.OfType<string>().Where(OurOptions.Contains).ToList();
        if (taken.Count > 0)
            throw new StartupException($"ConnectionStrings__{name} sets {string.Join(" and ", taken)}, which OpenClaw decides itself: remove that part.");
        return new PostgresAddress(options);
    }

    public bool IsSameDatabase(PostgresAddress other) => string.Equals(ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>The server as the driver opens connections to it; of several hosts the one that can be written.</summary>
    public Func<NpgsqlConnection> Opener()
    {
        var builder = new NpgsqlSlimDataSourceBuilder(new NpgsqlConnectionStringBuilder(_options.ConnectionString)
        {
            // Asked for by name only: looking for a Kerberos ticket at every connection costs a round trip, and seconds where a domain does not answer.
            GssEncryptionMode = _options.Keys.OfType<string>().Contains("GSS Encryption Mode", StringComparer.OrdinalIgnoreCase) ? _options.GssEncryptionMode : GssEncryptionMode.Disable,
            ApplicationName = _options.ApplicationName ?? "openclaw",
            // Connections are ours and live as long as we do; the driver keeps every statement prepared that runs twice.
            Pooling = false,
            Enlist = false,
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            Timeout = (int)ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)CommandTimeout.TotalSeconds,
            CancellationTimeout = 500,
            HostRecheckSeconds = 1,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 3,
        }.ConnectionString);
        // Columns are 64 bits wide, and counters are read as int.
        builder.EnableExtraConversions();
        builder.EnableTransportSecurity();
        builder.EnableIntegratedSecurity();
        // Built-in types are all we use; no need to ask every server for its others.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        var source = builder.Build();
        return source is NpgsqlMultiHostDataSource cluster ? () => cluster.OpenConnection(TargetSessionAttributes.Primary) : source.OpenConnection;
    }

    private string WithPort(string host) =>
        host.StartsWith('/') || host.Contains(':', StringComparison.Ordinal) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{_options.Port}");
}
