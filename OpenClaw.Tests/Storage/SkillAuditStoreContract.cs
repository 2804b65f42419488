using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public abstract class SkillAuditStoreContract(CoreFixture fixture) : IDisposable
{
    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_call_is_noted_before_it_runs_and_a_call_that_never_came_back_has_no_end()
    {
        var core = fixture.Core;
        var maria = await core.PersonAsync("5511999990000");
        var chat = new ChatScope(new LaneId(7), "default", maria.Key, false);
        var audit = core.Get<SkillAuditStore>();

        var done = await audit.StartAsync(maria.Scope, chat, "list_files", "read", """{"path":"notes"}""", CancellationToken.None);
        await audit.StartAsync(maria.Scope, chat, "run_command", "execute", "{}", CancellationToken.None);
        await audit.FinishAsync(done, "ok", "12 entries", TimeSpan.FromMilliseconds(15), CancellationToken.None);

        core.Texts("SELECT skill || ':' || effect || ':' || COALESCE(status || ':' || detail || ':' || duration, 'open') FROM skill_audit ORDER BY audit_id")
            .ShouldBe(["list_files:read:ok:12 entries:15000", "run_command:execute:open"]);
        var arguments = core.Database.Read(sql => sql.QueryFirst("SELECT arguments_enc FROM skill_audit ORDER BY audit_id", row => row.GetFieldValue<byte[]>(0))).ShouldNotBeNull();
        core.Keys.DecryptText(maria.Key, "skill_audit.arguments", arguments).ShouldBe("""{"path":"notes"}""");
    }
}
