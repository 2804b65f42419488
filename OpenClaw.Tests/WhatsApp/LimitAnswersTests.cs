using System.Text;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.WhatsApp;

/// <summary>WhatsApp's limits as different engines and versions of WAHA write them.</summary>
public sealed class LimitAnswersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(500, """{"error":"2 UNKNOWN: server returned error 463"}""", AccountLimit.Timelock)]
    [InlineData(500, """{"statusCode":500,"exception":{"message":"2 UNKNOWN: server returned error 475","name":"Error"}}""", AccountLimit.Capping)]
    [InlineData(500, """{"exception":{"message":"Error","code":463}}""", AccountLimit.Timelock)]
    [InlineData(422, """{"message":"send failed: error code: 463","statusCode":422}""", AccountLimit.Timelock)]
    [InlineData(500, """{"error":{"message":"NackCallerReachoutTimelocked"}}""", AccountLimit.Timelock)]
    [InlineData(502, """{"errorCode":"475"}""", AccountLimit.Capping)]
    public void Refusal_for_a_limit_is_certain_and_typed(int status, string body, AccountLimit limit)
    {
        var result = WahaAnswers.Send(Answer(status, body));

        (result.Outcome, result.Limit, result.Reason).ShouldBe((SendOutcome.Refused, (AccountLimit?)limit, limit.RefusalReason()));
        WahaAnswers.IsSilence(Answer(status, body)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(500, """{"statusCode":500,"exception":{"message":"x"},"request":{"body":{"text":"server returned error 463"}}}""", SendOutcome.Uncertain)]
    [InlineData(500, """{"error":"server returned error 4631"}""", SendOutcome.Uncertain)]
    [InlineData(500, """{"error":"took 463 ms"}""", SendOutcome.Uncertain)]
    [InlineData(500, """{"statusCode":463}""", SendOutcome.Uncertain)]
    [InlineData(500, "server returned error 463", SendOutcome.Uncertain)]
    [InlineData(500, "", SendOutcome.Uncertain)]
    [InlineData(500, "[463]", SendOutcome.Uncertain)]
    [InlineData(503, """{"error":"unavailable"}""", SendOutcome.Uncertain)]
    [InlineData(201, """{"id":"true_1@c.us_A","message":"error 463"}""", SendOutcome.Accepted)]
    public void Anything_else_is_judged_as_ever(int status, string body, SendOutcome outcome)
    {
        var result = WahaAnswers.Send(Answer(status, body));

        (result.Outcome, result.Limit).ShouldBe((outcome, null));
    }

    [Theory]
    [InlineData("""{"isActive":true,"timeEnforcementEnds":"2026-11-23T12:00:00Z"}""", AccountLimitStage.Reached, 24)]
    [InlineData("""{"is_active":true,"time_enforcement_ends":1795435200}""", AccountLimitStage.Reached, 24)]
    [InlineData("""{"isActive":true}""", AccountLimitStage.Reached, null)]
    [InlineData("""{"isActive":true,"timeEnforcementEnds":"2026-11-22T11:00:00Z"}""", AccountLimitStage.None, null)]
    [InlineData("""{"isActive":false,"timeEnforcementEnds":null}""", AccountLimitStage.None, null)]
    [InlineData("null", AccountLimitStage.None, null)]
    [InlineData("", AccountLimitStage.None, null)]
    [InlineData("{}", AccountLimitStage.None, null)]
    public void Timelock_is_read_leniently(string body, AccountLimitStage stage, int? hours) =>
        WahaAnswers.Timelock(Answer(200, body), Now).ShouldBe(new AccountLimitReading(AccountLimitOutcome.Told, stage, hours is { } h ? Now.AddHours(h) : null));

    [Theory]
    [InlineData("""{"cappingStatus":"CAPPED","cycleEnd":1795435200}""", AccountLimitStage.Reached, 24)]
    [InlineData("""{"cappingStatus":"FIRST_WARNING","cycleEnd":"2026-11-23T12:00:00Z"}""", AccountLimitStage.Warned, 24)]
    [InlineData("""{"capping_status":"SECOND_WARNING","cycle_end_timestamp":"1795435200"}""", AccountLimitStage.Warned, 24)]
    [InlineData("""{"cappingStatus":"NONE","totalQuota":-1}""", AccountLimitStage.None, null)]
    [InlineData("""{"cappingStatus":"CAPPED","cycleEnd":1795300000}""", AccountLimitStage.None, null)]
    public void Capping_is_read_leniently(string body, AccountLimitStage stage, int? hours) =>
        WahaAnswers.Capping(Answer(200, body), Now).ShouldBe(new AccountLimitReading(AccountLimitOutcome.Told, stage, hours is { } h ? Now.AddHours(h) : null));

    [Theory]
    [InlineData(404, """{"message":"Cannot GET /api/sessions/default/timelock"}""", AccountLimitOutcome.NotServed)]
    [InlineData(422, """{"message":"not supported by the engine"}""", AccountLimitOutcome.NotServed)]
    [InlineData(501, "", AccountLimitOutcome.NotServed)]
    [InlineData(404, """{"message":"Session not found"}""", AccountLimitOutcome.Unavailable)]
    [InlineData(422, """{"error":"Session status is not as expected","status":"FAILED","expected":["WORKING"]}""", AccountLimitOutcome.Unavailable)]
    [InlineData(401, "", AccountLimitOutcome.Unavailable)]
    [InlineData(500, "", AccountLimitOutcome.Unavailable)]
    [InlineData(200, "<html>", AccountLimitOutcome.Unavailable)]
    public void What_is_not_told_is_told_apart(int status, string body, AccountLimitOutcome outcome) =>
        (WahaAnswers.Timelock(Answer(status, body), Now).Outcome, WahaAnswers.Capping(Answer(status, body), Now).Outcome).ShouldBe((outcome, outcome));

    private static WahaAnswer Answer(int status, string body) =>
        new(WahaExchange.Answered, status, Encoding.UTF8.GetBytes(body), true, null, $"http_{status}");
}
