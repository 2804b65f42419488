using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>What people write, who they are and how they are reached lies nowhere in clear: not in a file, not in a log line.</summary>
public abstract class PrivacyJourney(Setup setup) : Journey(setup)
{
    private const string Phone = "5511987650001";
    private const string Lid = "987654321098765";
    private const string Group = "120363777000777001";
    private const string Stranger = "447700900123";

    /// <summary>Planted below, each in its own place.</summary>
    private static readonly string[] Planted =
    [
        Phone, Lid, Group, Stranger, "19990001111", "99900011112222", "Zuleica Plantada", "Estranho Plantado", "Fake Bot",
        "pergunta-abacaxi", "resposta-jabuticaba", "citado-cupuacu", "arquivo-pitanga", "conteudo-goiaba", "argumento-caju", "grupo-graviola",
        "escondida-umbu", "negada-bacuri", "morta-caja", "digitada-seriguela", "ignorada-mangaba", "incerta-jenipapo", "🦜",
    ];

    [Fact]
    public async Task Nothing_that_people_said_or_are_is_found_in_files_or_logs()
    {
        await using var app = await StartAsync(
            ("Access__Mode", "Allowlist"), ("Access__Allowed__0", $"+{Phone}"), ("Access__Owner", $"+{Phone}"), ("Turns__MaxAttempts", "2"),
            ("Logging__LogLevel__Default", "Debug"), ("Logging__LogLevel__OpenClaw", "Trace"));
        using var monitor = app.Redis is null ? null : await RedisMonitor.StartAsync(app.Redis);
        var rawId = await LiveAsync(app);

        if (app.Databases is { } databases)
        {
            await app.StopAsync();
            var rows = Rows(databases.Main).Concat(Rows(databases.Keys)).ToList();
            rows.SelectMany(row => Found(row.Table, row.Value)).ShouldBeEmpty();
            rows.ShouldContain(row => Holds(row.Value, Encoding.UTF8.GetBytes(rawId)), "the search finds what is there: WhatsApp's own message ids are kept in clear");
        }
        else
        {
            await SearchOpenFilesAsync(app, rawId);
        }

        Found(app).ShouldBeEmpty();
        if (monitor is not null)
        {
            var said = await monitor.ReadAsync(app.Timeout);
            Holds(said, "openclaw:"u8.ToArray()).ShouldBeTrue("the search finds what is there");
            Found("Redis", said).ShouldBeEmpty();
        }

        var logs = app.Logs.ToString();
        logs.ShouldContain("Answer stored on attempt 1");
        Planted.SelectMany(Forms).Where(form => logs.Contains(form.Text, StringComparison.Ordinal)).Select(form => form.Name).ShouldBeEmpty();
        foreach (var secret in (string[])[Phone, OpenClawApp.HmacKey, app.Waha.ApiKey])
        {
            logs.ShouldNotContain(secret);
            app.Talk.ToString().ShouldNotContain(secret);
        }
    }

    /// <returns>The raw id of a bubble.</returns>
    private static async Task<string> LiveAsync(OpenClawApp app)
    {
        const string name = "Zuleica Plantada";
        const string chat = Phone + "@c.us";
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        app.Model.Enqueue(ScriptedReply.Text("resposta-jabuticaba"));
        await app.SendAsync(WahaWebhook.Text("pergunta-abacaxi", chat, name: name));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        var person = app.Query("SELECT person_id FROM people", row => row.GetInt64(0)).Single();
        var folder = Directory.CreateDirectory(Path.Combine(app.Data.Path, "files", $"{person}"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "arquivo-pitanga.txt"), "conteudo-goiaba\n");
        app.Model.Enqueue(
            ScriptedReply.ToolCalls(("read_file", new { path = "arquivo-pitanga.txt" }), ("run_command", new { executable = "wc", arguments = new[] { "argumento-caju" } })),
            ScriptedReply.Text("resposta-jabuticaba"));
        await app.SendAsync(WahaWebhook.Text("pergunta-abacaxi", chat, name: name, replyTo: new WahaQuote(bubble.RawId, WahaWebhook.BotId, "citado-cupuacu")));
        await app.WaitForBubblesAsync(2);
        app.Model.Requests[^1].Messages.ShouldContain(message => message.Text.Contains("resposta-jabuticaba", StringComparison.Ordinal));

        await app.SendAsync(WahaWebhook.InGroup("openclaw, grupo-graviola", Group + "@g.us", chat, name: name));
        (await app.SendAsync(WahaWebhook.InGroup("ignorada-mangaba", Group + "@g.us", chat, name: name))).Outcome.ShouldBe("ignored");
        await app.WaitForBubblesAsync(3);

        app.Waha.Phone.Link(Lid + "@lid", chat);
        (await app.SendAsync(WahaWebhook.Text("escondida-umbu", Lid + "@lid", name: name))).Outcome.ShouldBe("held");
        await app.WaitForBubblesAsync(4);
        (await app.SendAsync(WahaWebhook.Text("negada-bacuri", Stranger + "@c.us", name: "Estranho Plantado"))).Outcome.ShouldBe("denied");
        await app.SendAsync(WahaWebhook.Own("digitada-seriguela", chat, source: "app"));
        await app.SendAsync(WahaWebhook.Own("/bot on", chat, source: "app"));
        await app.SendAsync(WahaWebhook.Reaction("🦜", $"true_{chat}_{bubble.RawId}", chat));
        await app.SendAsync(WahaWebhook.Ack(chat, bubble.RawId, 3));
        await app.SendAsync(WahaWebhook.Request(app.WebhookUrl, Encoding.UTF8.GetBytes(WahaWebhook.Text("negada-bacuri", chat).Body), "guessed"));

        // The model's and WAHA's error bodies repeat what was sent to them.
        app.Model.Enqueue(ScriptedReply.Status(500), ScriptedReply.Status(400));
        await app.SendAsync(WahaWebhook.Text("morta-caja", chat, name: name));
        (await app.WaitForBubblesAsync(5))[4].Text.ShouldStartWith("Desculpe");
        app.Waha.FaultNext(FakeWahaFault.DeliveredBut500);
        await app.SendAsync(WahaWebhook.Text("incerta-jenipapo", chat, name: name));
        await app.WaitForBubblesAsync(6);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(6);
        return bubble.RawId;
    }

    private static async Task SearchOpenFilesAsync(OpenClawApp app, string rawId)
    {
        // Held open, these keep the logs (-wal, -shm) in place when the product closes its own connections.
        using var main = Hold(app, "openclaw.db");
        using var keys = Hold(app, "keys.db");
        await app.StopAsync();
        var names = Files(app).Select(Path.GetFileName).ToList();
        foreach (var name in (string[])["openclaw.db", "openclaw.db-wal", "openclaw.db-shm", "keys.db", "keys.db-wal", "keys.db-shm"])
            names.ShouldContain(name);
        Found(app).ShouldBeEmpty();
        // The search does find what is there: WhatsApp's own message ids are kept in clear.
        Files(app).Count(file => Holds(File.ReadAllBytes(file), Encoding.UTF8.GetBytes(rawId))).ShouldBeGreaterThan(0);
    }

    /// <summary>Every value of every table, as the bytes that the server stores.</summary>
    private static List<(string Table, byte[] Value)> Rows(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        connection.Open();
        var tables = Read(connection, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").ConvertAll(value => Encoding.UTF8.GetString(value));
        return tables.SelectMany(table => Read(connection, $"SELECT * FROM {table}").Select(value => (table, value))).ToList();
    }

    private static List<byte[]> Read(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var values = new List<byte[]>();
        while (reader.Read())
            values.AddRange(Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue).Select(value => value as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!)));
        return values;
    }

    private static SqliteConnection Hold(OpenClawApp app, string file)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(app.Data.Path, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; SELECT COUNT(*) FROM sqlite_schema";
        command.ExecuteScalar();
        return connection;
    }

    private static List<string> Files(OpenClawApp app) =>
        [.. Directory.GetFiles(app.Data.Path, "*", SearchOption.AllDirectories).Where(file => !Path.GetRelativePath(app.Data.Path, file).StartsWith("files", StringComparison.Ordinal))];

    private static List<string> Found(OpenClawApp app) => [.. Files(app).SelectMany(file => Found(Path.GetFileName(file), File.ReadAllBytes(file)))];

    private static IEnumerable<string> Found(string place, byte[] bytes) => Planted.SelectMany(Forms).Where(form => Holds(bytes, form.Bytes)).Select(form => $"{place}: {form.Name}");

    private static bool Holds(byte[] bytes, byte[] wanted) => bytes.AsSpan().IndexOf(wanted) >= 0;

    /// <summary>As UTF-8, as UTF-16, and as base64 at each of the three places in a group of four letters.</summary>
    private static IEnumerable<(string Name, string Text, byte[] Bytes)> Forms(string planted)
    {
        var utf8 = Encoding.UTF8.GetBytes(planted);
        yield return (planted, planted, utf8);
        yield return ($"{planted} (UTF-16)", planted, Encoding.Unicode.GetBytes(planted));
        for (var shift = 0; shift < 3; shift++)
        {
            // Without the letters that also depend on the neighbours.
            var whole = Convert.ToBase64String([.. new byte[shift], .. utf8]);
            var certain = whole[((shift * 4 + 2) / 3)..((shift + utf8.Length) * 4 / 3)];
            if (certain.Length >= 8)
                yield return ($"{planted} (base64 at {shift})", certain, Encoding.ASCII.GetBytes(certain));
        }
    }
}

public sealed class AllInOnePrivacyJourney() : PrivacyJourney(Setup.AllInOne);

public sealed class SplitSqlitePrivacyJourney() : PrivacyJourney(Setup.SplitSqlite);

public sealed class SplitPostgresPrivacyJourney() : PrivacyJourney(Setup.SplitPostgres);
