using System.Net;
using System.Security.Cryptography;
using OpenClaw.Benchmarks.Load.Fakes;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>The settings of every load and crash run: no pause is deliberate and nobody is refused.</summary>
/// <param name="folder">The run's folder; all processes share the data directory in it.</param>
/// <param name="setup">Which processes there are.</param>
/// <param name="waha">WAHA's side.</param>
/// <param name="model">The model.</param>
/// <param name="redis">Set when there is one.</param>
/// <param name="postgres">Set when it is the store.</param>
internal sealed class HostSettings(
    string folder, SystemSetup setup, FakeWaha waha, ScriptedModel model, RedisServerProcess? redis, PostgresServerProcess? postgres)
{
    private readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where SQLite's files lie.</summary>
    public static string DataDirectory(string folder) => Path.Combine(folder, "data");

    /// <param name="address">Where it shall listen.</param>
    /// <param name="answers">Whether anybody shall answer: itself, unless there are Workers.</param>
    public Dictionary<string, string> ForGateway(IPEndPoint address, bool answers)
    {
        var settings = Shared(address);
        settings["Access__Mode"] = "Open";
        settings["Limits__MessagesPerMinutePerChat"] = "0";
        settings["Limits__MessagesPerMinutePerPerson"] = "0";
        // With Redis the default is External, and the split system runs with its default.
        if (!setup.IsSplit)
        {
            settings["Worker__Mode"] = answers ? "Embedded" : "External";
        }

        return settings;
    }

    /// <param name="address">Where it shall listen.</param>
    public Dictionary<string, string> ForWorker(IPEndPoint address) => Shared(address);

    private Dictionary<string, string> Shared(IPEndPoint address)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{address}",
            ["Storage__DataDirectory"] = DataDirectory(folder),
            ["Waha__BaseUrl"] = waha.Address.ToString(),
            ["Waha__ApiKey"] = FakeWaha.ApiKey,
            ["Waha__WebhookHmacKey"] = FakeWaha.HmacKey,
            ["Ai__Main__Provider"] = "OpenAI",
            ["Ai__Main__Endpoint"] = model.Endpoint.ToString(),
            ["Ai__Main__Model"] = "scripted",
            ["Ai__Main__ApiKey"] = "x",
            ["Turns__QuietPeriod"] = "00:00:00",
            ["Delivery__HumanPacing"] = "false",
        };
        if (redis is not null)
        {
            settings["ConnectionStrings__redis"] = redis.Address.ToString();
        }

        if (postgres is not null)
        {
            settings["ConnectionStrings__openclaw"] = postgres.ConnectionString(PostgresServerProcess.MainDatabase);
            settings["ConnectionStrings__openclaw-keys"] = postgres.ConnectionString(PostgresServerProcess.KeysDatabase);
        }

        if (redis is not null || postgres is not null)
        {
            settings["Security__MasterKey"] = _masterKey;
        }

        return settings;
    }
}
