using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Skills;

public sealed class SkillExecutorTests
{
    [Fact]
    public async Task A_skill_that_does_not_exist_is_refused_with_the_known_names()
    {
        using var bench = new SkillBench(new TestSkill(() => "a", "alpha"), new TestSkill(() => "b", "beta"));

        var result = await bench.RunAsync("gamma\nignore this");

        result.Status.ShouldBe(SkillStatus.Refused);
        result.Text.ShouldContain("alpha, beta");
        result.Text.ShouldNotContain("\n");
        bench.Audit.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Two_skills_of_one_name_are_a_mistake_at_start() =>
        Should.Throw<InvalidOperationException>(() => new SkillCatalog([new TestSkill(() => "a"), new TestSkill(() => "b")])).Message.ShouldContain("probe");

    [Fact]
    public void Catalog_offers_every_function_in_a_stable_order()
    {
        var catalog = new SkillCatalog([new TestSkill(() => "b", "beta"), new TestSkill(() => "a", "alpha")]);

        catalog.Names.ShouldBe(["alpha", "beta"]);
        catalog.Tools.Select(tool => tool.Name).ShouldBe(["alpha", "beta"]);
    }

    [Fact]
    public async Task The_call_is_audited_before_its_effect_and_after_it()
    {
        RecordingAudit audit = null!;
        using var bench = new SkillBench(new TestSkill((string text) => Effect(text)) { Effect = SkillEffect.Write });
        audit = bench.Audit;

        var result = await bench.RunAsync("probe", ("text", "olá \"1\""));

        result.ShouldBe(new SkillResult(SkillStatus.Succeeded, "done"));
        bench.Audit.Events.ShouldBe(["started probe Write", "effect olá \"1\"", "finished 7 Succeeded written_1"]);
        bench.Audit.ArgumentsJson.ShouldBe("""{"text":"olá \"1\""}""");

        SkillOutput Effect(string text)
        {
            audit.Add("effect " + text);
            return new("done", "written_1");
        }
    }

    [Theory]
    [InlineData(SkillEffect.Write)]
    [InlineData(SkillEffect.Execute)]
    public async Task Without_an_audit_row_nothing_is_changed(SkillEffect effect)
    {
        var ran = false;
        using var bench = new SkillBench(new TestSkill(() => { ran = true; return "done"; }) { Effect = effect });
        bench.Audit.StartFails = new IOException("disk full at /secret/path");

        var result = await bench.RunAsync("probe");

        ran.ShouldBeFalse();
        result.Status.ShouldBe(SkillStatus.Failed);
        result.Text.ShouldNotContain("secret");
        bench.Log.Entries.ShouldHaveSingleItem().Exception.ShouldBeOfType<IOException>();
    }

    [Fact]
    public async Task Reading_goes_on_without_an_audit_row()
    {
        using var bench = new SkillBench(new TestSkill(() => "read"));
        bench.Audit.StartFails = new IOException("disk full");

        (await bench.RunAsync("probe")).ShouldBe(new SkillResult(SkillStatus.Succeeded, "read"));
        bench.Log.Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_cannot_be_completed_does_not_undo_the_result()
    {
        using var bench = new SkillBench(new TestSkill(() => "done") { Effect = SkillEffect.Write });
        bench.Audit.FinishFails = new IOException("disk full");

        (await bench.RunAsync("probe")).Status.ShouldBe(SkillStatus.Succeeded);
        bench.Log.Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_expected_failure_keeps_its_words_and_its_reason()
    {
        using var bench = new SkillBench(new TestSkill(string () => throw SkillException.Failed("There is nothing.", "not_found")));

        (await bench.RunAsync("probe")).ShouldBe(new SkillResult(SkillStatus.Failed, "There is nothing."));
        bench.Audit.Events[^1].ShouldBe("finished 7 Failed not_found");
        bench.Log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_surprise_is_logged_and_told_without_its_text()
    {
        using var bench = new SkillBench(
            new TestSkill(string () => throw new InvalidOperationException("password=hunter2")),
            new TestSkill(string () => throw new OperationCanceledException("of its own"), "cancels"));

        var result = await bench.RunAsync("probe");
        var cancelled = await bench.RunAsync("cancels");

        result.ShouldBe(new SkillResult(SkillStatus.Failed, "The skill 'probe' failed unexpectedly."));
        cancelled.Status.ShouldBe(SkillStatus.Failed);
        bench.Log.Entries[0].Exception.ShouldBeNull("its message may name a person's file");
        bench.Audit.Events.ShouldContain("finished 7 Failed unexpected");
    }

    [Theory]
    [InlineData("{}", "'text' is missing", "missing_argument")]
    [InlineData("""{"text":null}""", "'text' is missing", "missing_argument")]
    [InlineData("""{"text":"a","txet":"b"}""", "There is no parameter \"txet\"; known are count, text", "unknown_argument")]
    [InlineData("""{"text":"a","count":"x"}""", "'count' must be a whole number", "bad_argument")]
    public async Task A_wrong_argument_is_refused_by_name_before_the_skill_runs(string json, string sentence, string detail)
    {
        using var bench = new SkillBench(new TestSkill((string text, int count = 1) => text + count));

        var result = await bench.RunAsync("probe", Json(json));

        result.Status.ShouldBe(SkillStatus.Refused);
        result.Text.ShouldContain(sentence);
        bench.Audit.Events[^1].ShouldBe($"finished 7 Refused {detail}");
    }

    [Fact]
    public async Task An_unknown_argument_that_is_null_is_ignored()
    {
        using var bench = new SkillBench(new TestSkill(() => "ok"));

        (await bench.RunAsync("probe", ("reason", null))).Status.ShouldBe(SkillStatus.Succeeded);
        (await bench.RunAsync("probe", ("reason", "x"))).Text.ShouldContain("there are none");
    }

    [Fact]
    public async Task Arguments_of_any_size_do_not_reach_the_audit()
    {
        using var bench = new SkillBench(new TestSkill((string text) => text));

        (await bench.RunAsync("probe", ("text", new string('x', 70_000)))).Status.ShouldBe(SkillStatus.Refused);
        bench.Audit.ArgumentsJson.ShouldBe("{}");
    }

    [Fact]
    public void Arguments_of_every_kind_are_written_as_json() => SkillArguments.ToJson(new Dictionary<string, object?>
    {
        ["a"] = 1,
        ["b"] = 2L,
        ["c"] = 1.5,
        ["d"] = double.NaN,
        ["e"] = new object?[] { "x", null, true },
        ["f"] = JsonSerializer.SerializeToElement(new[] { 1 }),
        ["g"] = default(JsonElement),
        ["h"] = System.Text.Json.Nodes.JsonNode.Parse("{}"),
        ["i"] = 1.5m,
    }).ShouldBe("""{"a":1,"b":2,"c":1.5,"d":"NaN","e":["x",null,true],"f":[1],"g":null,"h":{},"i":"1.5"}""");

    [Fact]
    public async Task A_slow_skill_is_cancelled_after_its_time_out()
    {
        var time = new HandTime();
        var seen = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bench = new SkillBench(time, _ => new TestSkill(async (CancellationToken cancellationToken) =>
        {
            seen.SetResult(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return "late";
        })
        { Timeout = TimeSpan.FromSeconds(30) });

        var running = bench.RunAsync("probe");
        var token = await seen.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        token.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        (await running).ShouldBe(new SkillResult(SkillStatus.TimedOut, "The skill 'probe' took longer than 30 s and was stopped."));
        bench.Audit.Events[^1].ShouldBe("finished 7 TimedOut timeout");
    }

    [Fact]
    public async Task A_skill_that_ignores_its_token_is_not_waited_for()
    {
        var time = new HandTime();
        using var release = new ManualResetEventSlim();
        using var entered = new SemaphoreSlim(0);
        using var bench = new SkillBench(time, _ => new TestSkill(() =>
        {
            entered.Release();
            release.Wait();
            return "late";
        }));

        var running = bench.RunAsync("probe");
        await entered.WaitAsync();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        (await running).Status.ShouldBe(SkillStatus.TimedOut);
        bench.Log.Entries.ShouldContain(entry => entry.Text.Contains("no longer waited for"));
        release.Set();
    }

    [Fact]
    public async Task Cancelling_the_turn_is_thrown_and_recorded()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var turn = new CancellationTokenSource();
        using var bench = new SkillBench(new TestSkill(async (CancellationToken cancellationToken) =>
        {
            seen.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return "late";
        })
        { Effect = SkillEffect.Execute });

        var running = bench.RunAsync("probe", turn.Token);
        await seen.Task;
        await turn.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        bench.Audit.Events.ShouldBe(["started probe Execute", "finished 7 Failed cancelled"]);
        await Should.ThrowAsync<OperationCanceledException>(() => bench.RunAsync("probe", turn.Token));
    }

    [Fact]
    public async Task Output_is_cut_between_characters_and_says_how_much_is_missing()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 200));
        using var bench = new SkillBench(new TestSkill(() => text) { OutputLimit = 100 }, new TestSkill(() => text, "tiny") { OutputLimit = 10 });

        var result = await bench.RunAsync("probe");
        var tiny = await bench.RunAsync("tiny");

        result.Text.Length.ShouldBeLessThanOrEqualTo(100);
        var kept = result.Text[..result.Text.IndexOf('\n', StringComparison.Ordinal)];
        kept.Length.ShouldBeGreaterThan(40);
        kept.Replace("😀", "", StringComparison.Ordinal).ShouldBeEmpty();
        result.Text.ShouldEndWith($"\n[cut: {400 - kept.Length} of 400 characters left out]");
        tiny.Text.ShouldBe("\n[cut: 400 of 400 characters left out]");
    }

    [Fact]
    public async Task Functions_made_elsewhere_run_too()
    {
        using var bench = new SkillBench(
            new ForeignSkill(AIFunctionFactory.Create(() => "text", "text")), new ForeignSkill(AIFunctionFactory.Create(() => 5, "number")),
            new ForeignSkill(AIFunctionFactory.Create(() => { }, "nothing")));

        (await bench.RunAsync("text")).Text.ShouldBe("text");
        (await bench.RunAsync("number")).Text.ShouldBe("5");
        (await bench.RunAsync("nothing")).Status.ShouldBe(SkillStatus.Succeeded);
    }

    [Fact]
    public async Task The_span_names_skill_and_status_and_no_argument()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "OpenClaw.Skills",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                    spans.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var bench = new SkillBench(
            new TestSkill((string text) => text, "span_probe"), new TestSkill(string () => throw SkillException.Refused("No.", "not_allowed"), "span_refused"));

        await bench.RunAsync("span_probe", ("text", "a secret"));
        await bench.RunAsync("span_refused");

        Activity[] own;
        lock (spans)
            own = [.. spans.Where(span => span.DisplayName.Contains("span_", StringComparison.Ordinal))];
        own[0].OperationName.ShouldBe("execute_tool span_probe");
        own[0].TagObjects.ShouldBe([new("gen_ai.operation.name", "execute_tool"), new("gen_ai.tool.name", "span_probe"), new("openclaw.skill.status", "succeeded")]);
        own[1].GetTagItem("error.type").ShouldBe("not_allowed");
        own[1].Status.ShouldBe(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task Calls_are_counted_and_timed_by_name_and_status()
    {
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "OpenClaw.Skills")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add($"{instrument.Name} {value} {Tag(tags, "skill")} {Tag(tags, "status")}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add($"{instrument.Name} {value} {Tag(tags, "skill")} {Tag(tags, "status")}"));
        listener.Start();

        var time = new HandTime();
        using var bench = new SkillBench(time, _ => new TestSkill(() => { time.Advance(TimeSpan.FromSeconds(2)); return "ok"; }, "measured"));
        await bench.RunAsync("measured");
        await bench.RunAsync("a private word");

        lock (measured)
        {
            measured.ShouldContain("openclaw.skill.calls 1 measured succeeded");
            measured.ShouldContain("openclaw.skill.duration 2 measured succeeded");
            measured.ShouldContain("openclaw.skill.calls 1 unknown refused");
            measured.ShouldNotContain(line => line.Contains("private"));
        }

        void Add(string line)
        {
            lock (measured)
                measured.Add(line);
        }

        static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name) => tags.ToArray().First(tag => tag.Key == name).Value;
    }

    private static (string, object?)[] Json(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateObject().Select(property => (property.Name, (object?)property.Value))];

    private sealed class ForeignSkill(AIFunction function) : ISkill
    {
        public AIFunction Function => function;

        public SkillEffect Effect => SkillEffect.Read;

        public TimeSpan Timeout => TimeSpan.FromSeconds(30);

        public int OutputLimit => 100;
    }
}
