using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Core.Storage;

/// <summary>Who shares the data with whom: one process or a split system, files (SQLite) or a server (PostgreSQL).</summary>
public sealed class Deployment(IConfiguration configuration)
{
    /// <summary>A Gateway and Workers, each a process of its own.</summary>
    public bool IsSplit => SplitMode.IsOn(configuration);

    /// <summary>The data lies with a database server, which processes of several machines may use.</summary>
    public bool UsesServer => DatabaseServer.IsUsed(configuration);

    /// <summary>This process is the only one that uses the data, once it has the locks: what another one left behind is nobody's any more.</summary>
    public bool IsAlone => !IsSplit;

    /// <summary>Several processes use the same SQLite files, so all of them have to run on one kernel.</summary>
    public bool SharesFiles => IsSplit && !UsesServer;

    /// <summary>The folder of the SQLite files; null where a server has them.</summary>
    internal string? DatabaseFolder(DataDirectory directory) => UsesServer ? null : Path.GetDirectoryName(DatabaseFile(directory));

    /// <summary>The database in words: kind and place, without any credential.</summary>
    public string Describe(DataDirectory directory)
    {
        if (!UsesServer)
            return $"SQLite, {DatabaseFile(directory)}";
        return $"PostgreSQL, {PostgresStart.Describe(configuration)}";
    }

    private string DatabaseFile(DataDirectory directory) => Path.GetFullPath(CoreServices.DataSource(configuration, "openclaw", directory.DatabaseFile));
}
