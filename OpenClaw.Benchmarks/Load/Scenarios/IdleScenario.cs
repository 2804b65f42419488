using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>What a system costs that nobody writes to, with few chats and with many, and what many idle chats cost Redis.</summary>
internal sealed class IdleScenario : ILoadScenario
{
    private const int FewChats = 64;
    private const int ManyChats = 10_000;
    private const double Pace = 250;

    // After the last answer: connections come to rest, and what a timer calls every second is compiled anew after 30 calls.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);

    public string Name => "idle";

    public bool Repeats => true;

    public int DefaultRuns => 1;

    public int DefaultWorkers => 2;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant with { TracksQueries = true }, options, cancellationToken);
        var chats = options.Chats ?? ManyChats;
        await AnswerOnceAsync(rig, first: 0, FewChats, options.Connections, cancellationToken);
        var few = await IdleMeter.MeasureAsync(rig, $"{FewChats} chats", options.Measured(20), cancellationToken);
        await AnswerOnceAsync(rig, first: chats, chats, options.Connections, cancellationToken);
        var many = await IdleMeter.MeasureAsync(rig, $"{chats} chats", options.Measured(20), cancellationToken);
        return [.. few, .. many, .. await RedisMemoryAsync(rig.Redis, chats, cancellationToken)];
    }

    private static async Task AnswerOnceAsync(LoadRig rig, int first, int chats, int connections, CancellationToken cancellationToken)
    {
        var answers = new AnswerWait(rig.Waha.Log);
        var sent = await new PacedWebhooks(rig.Address, FakeWaha.HmacKey, connections, chats).SendAsync(first, chats, Pace, cancellationToken);
        if (sent.Refused > 0)
        {
            throw new InvalidOperationException($"{sent.Refused} of {chats} webhooks were not acknowledged.");
        }

        await answers.UntilAsync(chats, AnswerLimit, cancellationToken);
        await Task.Delay(Rest, cancellationToken);
    }

    private static async Task<IReadOnlyList<Measurement>> RedisMemoryAsync(RedisServerProcess? redis, int chats, CancellationToken cancellationToken) => redis is null
        ? []
        : [new($"Redis memory, {chats} chats", "MB", (await redis.UsedMemoryAsync(cancellationToken) - redis.EmptyMemory) / 1_000_000.0, Goal.Below(20))];
}
