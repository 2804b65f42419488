using Microsoft.Extensions.Configuration;

namespace OpenClaw.Core.Storage;

/// <summary>Whether the data lies with a server (PostgreSQL) or in files (SQLite), which only processes of one kernel may share.</summary>
internal static class DatabaseServer
{
    private static readonly string[] FirstWords = ["Host", "Server"];

    public static bool IsUsed(IConfiguration configuration, string name = "openclaw") =>
        configuration.GetConnectionString(name)?.Split('=', 2) is [var first, _] && FirstWords.Contains(first.Trim(), StringComparer.OrdinalIgnoreCase);
}
