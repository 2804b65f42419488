using System.Net;
using Npgsql;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>
/// A PostgreSQL server whose disk is full: it answers, reads, and refuses with 53100 what needs room. Here every new row does; what changes none still works.
/// </summary>
public sealed class PostgresFullDiskTests
{
    private static readonly string[] Growing = ["inbound", "turns", "turn_steps", "outbox", "conversation", "chat_events", "acks", "facts"];

    [Fact]
    public async Task Webhooks_get_503_health_says_why_and_with_room_again_everything_is_answered_once_without_a_restart()
    {
        await using var app = await OpenClawApp.StartAsync(Setup.SplitPostgres, null);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Model.Enqueue(ScriptedReply.Echo() with { HoldUntil = gate.Task });
        await app.SendAsync(WahaWebhook.Text("antes", "5511900000000@c.us"));
        await app.Model.NextRequestAsync(app.Timeout);
        var messages = Enumerable.Range(1, 3).Select(i => WahaWebhook.Text($"mensagem {i}", $"551190000000{i}@c.us")).ToList();

        await using (await FillAsync(app.Databases!.Main))
        {
            gate.SetResult();
            foreach (var message in messages)
                (await app.SendAsync(message)).ShouldBe(new WebhookAnswer(HttpStatusCode.ServiceUnavailable, "storage"));

            // The answer that was being thought of meets the same wall, and waits.
            foreach (var process in (Uri[])[app.Url, app.WorkerUrl])
            {
                var (status, health) = await HealthAsync(app, process);
                for (; status != HttpStatusCode.ServiceUnavailable; (status, health) = await HealthAsync(app, process))
                    await Task.Delay(50, app.Timeout);
                health.ShouldContain("the disk of the database is full: webhooks get 503 and are repeated by WAHA, answers wait");
            }

            app.InboundStates().Count.ShouldBe(1);
            app.Waha.Delivered.ShouldBeEmpty();
        }

        // Without a message: somebody who looks finds out.
        foreach (var process in (Uri[])[app.Url, app.WorkerUrl])
            (await HealthAsync(app, process)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var message in messages)
            (await app.SendAsync(message)).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "accepted"));
        await app.WaitForBubblesAsync(4);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["antes", "mensagem 1", "mensagem 2", "mensagem 3"], ignoreOrder: true);
        app.InboundStates().ShouldAllBe(state => state == "sent");
    }

    private static async Task<(HttpStatusCode Status, string Body)> HealthAsync(OpenClawApp app, Uri process)
    {
        using var answer = await app.Http.GetAsync(new Uri(process, "health"), app.Timeout);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(app.Timeout));
    }

    private static async Task<IAsyncDisposable> FillAsync(string database)
    {
        var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(
            connection,
            """
            CREATE FUNCTION no_space_left() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
            """);
        foreach (var table in Growing)
            await ExecuteAsync(connection, $"CREATE TRIGGER no_space_left BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION no_space_left()");
        return new Room(connection);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Room(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ExecuteAsync(connection, "DROP FUNCTION no_space_left() CASCADE");
            await connection.DisposeAsync();
        }
    }
}
