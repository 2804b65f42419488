using System.Globalization;

namespace OpenClaw.Core.Storage;

/// <summary>Small facts that one start leaves for the next one, and the Gateway for its Workers.</summary>
public sealed class ProcessFacts(IDatabase database, KernelId kernel, TimeProvider time)
{
    /// <summary>When the Gateway was started again, in microseconds; missing until there was one before it. Read where work on a lane begins.</summary>
    private const string GatewayStartedAt = "gateway_started_at";

    private const string State = "state";
    private const string BootId = "boot_id";
    private const string Running = "running";

    /// <summary>
    /// Notes that the Gateway runs, on which kernel, and since when, by the clock that all processes share. For the Gateway alone, before it
    /// listens.
    /// </summary>
    /// <returns>Whether the one before ended without saying so.</returns>
    public Task<bool> MarkStartedAsync(CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds().ToString(CultureInfo.InvariantCulture);
        return database.WriteAsync(
            sql =>
            {
                var before = Read(sql, State);
                Write(sql, State, Running);
                Write(sql, BootId, kernel.Value);
                if (before is not null)
                    Write(sql, GatewayStartedAt, now);
                return before == Running;
            },
            cancellationToken);
    }

    /// <summary>Notes the Gateway's clean end.</summary>
    public Task MarkStoppedAsync(CancellationToken cancellationToken) => database.WriteAsync(
        sql =>
        {
            Write(sql, State, "stopped");
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Whether this process runs on the Gateway's kernel. A Worker that comes before the first Gateway notes its own, so that a second one
    /// elsewhere is found out; the Gateway has the last word.
    /// </summary>
    public Task<bool> IsOnGatewaysKernelAsync(CancellationToken cancellationToken) => MatchesAsync(BootId, kernel.Value, cancellationToken);

    /// <summary>
    /// Notes a value that only the right index key gives, or compares it: with other keys nothing stored would be found again, and what waits
    /// could not be read.
    /// </summary>
    /// <returns>False when the data was written under other keys.</returns>
    public Task<bool> KeysFitAsync(byte[] check, CancellationToken cancellationToken) => MatchesAsync("keys_check", Convert.ToHexString(check), cancellationToken);

    private Task<bool> MatchesAsync(string name, string value, CancellationToken cancellationToken) => database.WriteAsync(
        sql =>
        {
            sql.Execute("INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT (name) DO NOTHING", ("@name", name), ("@value", value));
            return Read(sql, name) == value;
        },
        cancellationToken);

    private static string? Read(ISqlSession sql, string name) =>
        sql.QueryFirst("SELECT value FROM facts WHERE name = @name", row => row.GetString(0), ("@name", name));

    private static void Write(ISqlSession sql, string name, string value) => sql.Execute(
        "INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("@name", name), ("@value", value));
}
