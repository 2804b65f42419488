using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Skills;

public sealed class SkillFunctionTests
{
    private static readonly AIFunction Function = SkillFunction.Create(
        (SkillContext context, [Description("What.")] string text, [Description("How often.")] int? count = null, bool loud = false,
            string[]? words = null, CancellationToken cancellationToken = default) =>
            $"{context.Person.Person}|{text}|{count?.ToString() ?? "-"}|{loud}|{string.Join('+', words ?? [])}|{cancellationToken.CanBeCanceled}",
        "probe", "Probes.");

    [Fact]
    public void Schema_describes_the_parameters_and_hides_context_and_token()
    {
        var schema = Function.JsonSchema;
        var properties = schema.GetProperty("properties");

        properties.EnumerateObject().Select(property => property.Name).ShouldBe(["text", "count", "loud", "words"]);
        properties.GetProperty("text").GetProperty("description").GetString().ShouldBe("What.");
        properties.GetProperty("words").GetProperty("items").GetProperty("type").GetRawText().ShouldContain("\"string\"");
        schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["text"]);
        Function.Name.ShouldBe("probe");
        Function.Description.ShouldBe("Probes.");
    }

    [Fact]
    public async Task Plain_values_are_bound_as_they_are()
    {
        (await CallAsync(("text", "olá"), ("count", 3), ("loud", true), ("words", new[] { "a", "b" }))).ShouldBe("12|olá|3|True|a+b|False");
        (await CallAsync(("text", "olá"), ("count", 3L), ("words", new List<object> { "a", 1 }.Take(1)))).ShouldBe("12|olá|3|False|a|False");
        (await CallAsync(("text", "olá"), ("count", 4.0))).ShouldBe("12|olá|4|False||False");
    }

    [Theory]
    [InlineData("""{"text":"x","count":5,"loud":true,"words":["a","b"]}""", "12|x|5|True|a+b|False")]
    [InlineData("""{"text":"x","count":"5","loud":"true"}""", "12|x|5|True||False")]
    [InlineData("""{"text":"x","count":5.0,"loud":false}""", "12|x|5|False||False")]
    [InlineData("""{"text":7,"count":null,"loud":null,"words":[]}""", "12|7|-|False||False")]
    public async Task Json_values_are_bound_the_way_models_write_them(string json, string expected)
    {
        (await CallAsync(Json(json))).ShouldBe(expected);
        (await CallAsync([.. JsonNode.Parse(json)!.AsObject().Select(pair => (pair.Key, (object?)pair.Value))])).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"text":["x"]}""", "'text' must be text")]
    [InlineData("""{"text":"\ud800"}""", "'text' must be text")]
    [InlineData("""{"text":"x","count":"many"}""", "'count' must be a whole number")]
    [InlineData("""{"text":"x","count":1.5}""", "'count' must be a whole number")]
    [InlineData("""{"text":"x","count":99999999999}""", "'count' must be a whole number")]
    [InlineData("""{"text":"x","loud":"perhaps"}""", "'loud' must be true or false")]
    [InlineData("""{"text":"x","words":"a b"}""", "'words' must be a list of texts")]
    [InlineData("""{"text":"x","words":["a",null]}""", "'words' must be a list of texts")]
    [InlineData("""{"text":"x","words":{"a":1}}""", "'words' must be a list of texts")]
    [InlineData("""{"text":null}""", "'text' is missing")]
    [InlineData("""{}""", "'text' is missing")]
    public async Task A_value_of_the_wrong_kind_is_refused_by_the_parameters_name(string json, string sentence)
    {
        var refusal = await Should.ThrowAsync<SkillException>(() => CallAsync(Json(json)));

        refusal.Status.ShouldBe(SkillStatus.Refused);
        refusal.SafeText.ShouldContain(sentence);
    }

    [Fact]
    public async Task A_lone_surrogate_in_plain_text_is_refused()
    {
        await Should.ThrowAsync<SkillException>(() => CallAsync(("text", "a\uD800b")));
        await Should.ThrowAsync<SkillException>(() => CallAsync(("text", "a\uD800")));
        (await CallAsync(("text", "a😀"))).ShouldStartWith("12|a😀|");
    }

    [Fact]
    public async Task A_parameter_of_an_unsupported_type_is_a_bug_of_the_skill() =>
        await Should.ThrowAsync<NotSupportedException>(() =>
        {
            var function = SkillFunction.Create((JsonElement value) => value.GetRawText(), "odd", "Odd.");
            return function.InvokeAsync(SkillFunction.ArgumentsOf(SkillBench.ContextOf(1), new Dictionary<string, object?> { ["value"] = 1 })).AsTask();
        });

    private static (string, object?)[] Json(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateObject().Select(property => (property.Name, (object?)property.Value))];

    private static async Task<string?> CallAsync(params (string Name, object? Value)[] arguments) => (string?)await Function.InvokeAsync(
        SkillFunction.ArgumentsOf(SkillBench.ContextOf(12), arguments.ToDictionary(argument => argument.Name, argument => argument.Value)));
}
