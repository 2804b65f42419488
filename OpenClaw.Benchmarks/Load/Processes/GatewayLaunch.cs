using System.Net;
using OpenClaw.Benchmarks.Load.Fakes;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>How the Gateway under test is started: the same again after every kill.</summary>
/// <param name="Command">Executable and arguments.</param>
/// <param name="Address">Where it shall listen.</param>
/// <param name="Folder">Holds its data directory and its log.</param>
/// <param name="Environment">Its settings in environment form.</param>
internal sealed record GatewayLaunch(IReadOnlyList<string> Command, IPEndPoint Address, string Folder, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The file that takes its standard output and error.</summary>
    public string LogFile => Path.Combine(Folder, "gateway.log");

    /// <summary>The command of a published Gateway: a dll runs under the dotnet that runs us.</summary>
    public static IReadOnlyList<string> CommandOf(string path) => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        ? [Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) is "dotnet" ? System.Environment.ProcessPath! : "dotnet", path]
        : [path];

    /// <summary>The settings of every load and crash run: no pause is deliberate and nobody is refused.</summary>
    public static Dictionary<string, string> Settings(IPEndPoint address, string folder, string workerMode, FakeWaha waha, ScriptedModel model) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_URLS"] = $"http://{address}",
        ["Storage__DataDirectory"] = Path.Combine(folder, "data"),
        ["Worker__Mode"] = workerMode,
        ["Waha__BaseUrl"] = waha.Address.ToString(),
        ["Waha__ApiKey"] = FakeWaha.ApiKey,
        ["Waha__WebhookHmacKey"] = FakeWaha.HmacKey,
        ["Ai__Main__Provider"] = "OpenAI",
        ["Ai__Main__Endpoint"] = model.Endpoint.ToString(),
        ["Ai__Main__Model"] = "scripted",
        ["Ai__Main__ApiKey"] = "x",
        ["Access__Mode"] = "Open",
        ["Turns__QuietPeriod"] = "00:00:00",
        ["Delivery__HumanPacing"] = "false",
        ["Limits__MessagesPerMinutePerChat"] = "0",
        ["Limits__MessagesPerMinutePerPerson"] = "0",
    };
}
