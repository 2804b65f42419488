using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Worker.Agents;

/// <summary>
/// Asks the model, runs the skills it wants, asks again, until there is an answer. Every step is committed before it takes effect, so a
/// killed worker's successor goes on where it stopped.
/// </summary>
internal sealed class Agent(
    IChatClient model, SkillCatalog catalog, SkillExecutor executor, ConversationStore conversations, TurnSettlement settlement, SystemPrompt prompt)
{
    private const int MaxRounds = 8;
    private const int HistoryTokens = 6000;
    private const string ArgumentsUnreadable = "The arguments were not valid JSON, so nothing was done. Call again with a JSON object.";
    private const string OutcomeUnknown = "Interrupted before it was known how this ended. It may or may not have happened; do not repeat it without asking the person.";

    /// <exception cref="ModelException">The model failed, said nothing, or never came to an end.</exception>
    public async Task<string> AnswerAsync(LaneWork work, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var transcript = new Transcript(turn.Steps);
        var opening = await OpeningAsync(work, cancellationToken);
        await FinishCallsAsync(work, transcript, cancellationToken);
        while (true)
        {
            var options = new ChatOptions { Tools = transcript.Rounds < MaxRounds ? [.. catalog.Tools] : null };
            var response = await AskAsync([.. opening, .. transcript.ToMessages()], options, cancellationToken);
            var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(Stored).ToList();
            if (calls.Count == 0)
                return string.IsNullOrWhiteSpace(response.Text) ? throw new ModelException(ModelFailure.Empty) : response.Text.Trim();
            if (transcript.Rounds >= MaxRounds)
                throw new ModelException(ModelFailure.Malformed);

            await settlement.AppendAsync(work, [transcript.AddModel(new StoredModelMessage(response.Text, WithUniqueIds(calls, transcript.Rounds)))], cancellationToken);
            await FinishCallsAsync(work, transcript, cancellationToken);
        }
    }

    private async Task<List<ChatMessage>> OpeningAsync(LaneWork work, CancellationToken cancellationToken)
    {
        var messages = new List<ChatMessage> { new(ChatRole.System, prompt.For(work)) };
        var history = await conversations.LoadAsync(work.Chat, HistoryTokens, cancellationToken);
        messages.AddRange(history.Select(entry => new ChatMessage(entry.Role == "assistant" ? ChatRole.Assistant : ChatRole.User, entry.Text)));
        messages.AddRange(work.Turn!.Messages.Select(message => new ChatMessage(ChatRole.User, UserText.InContext(message, work.Chat.IsGroup))));
        return messages;
    }

    private async Task<ChatResponse> AskAsync(List<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in model.GetStreamingResponseAsync(messages, options, cancellationToken))
            updates.Add(update);
        return updates.ToChatResponse();
    }

    /// <summary>Runs what the newest model message asked for and has no result yet; results are committed before the model is asked again.</summary>
    private async Task FinishCallsAsync(LaneWork work, Transcript transcript, CancellationToken cancellationToken)
    {
        var reads = new List<TurnStep>();
        foreach (var call in transcript.OpenCalls)
        {
            var changes = catalog.TryGet(call.Name, out var entry) && entry.Skill.Effect != SkillEffect.Read;
            if (changes && transcript.WasStarted(call))
            {
                reads.Add(transcript.AddDone(call, new StoredResult(SkillStatus.Failed, OutcomeUnknown)));
                continue;
            }

            if (call.Unreadable)
            {
                reads.Add(transcript.AddDone(call, new StoredResult(SkillStatus.Refused, ArgumentsUnreadable)));
                continue;
            }

            if (changes)
                await settlement.AppendAsync(work, [.. reads, transcript.AddStarted(call)], cancellationToken);
            var result = await executor.ExecuteAsync(ContextOf(work), call.Name, Transcript.ArgumentsOf(call), cancellationToken);
            var done = transcript.AddDone(call, new StoredResult(result.Status, result.Text));
            if (!changes)
            {
                reads.Add(done);
                continue;
            }

            reads.Clear();
            await settlement.AppendAsync(work, [done], cancellationToken);
        }

        if (reads.Count > 0)
            await settlement.AppendAsync(work, reads, cancellationToken);
    }

    private static SkillContext ContextOf(LaneWork work) => new(
        work.Turn!.Person, work.Chat, work.Turn.Locale, Zones.Find(work.Turn.TimeZone), work.Turn.Messages[^1].Content.MessageId);

    private static StoredCall Stored(FunctionCallContent call) => new(
        call.CallId,
        call.Name,
        call.Arguments is null ? null : JsonSerializer.SerializeToElement(
            call.Arguments.ToDictionary(argument => argument.Key, argument => ToElement(argument.Value), StringComparer.Ordinal),
            TranscriptJson.Default.DictionaryStringJsonElement),
        Unreadable: call.Exception is not null);

    private static JsonElement ToElement(object? value) => value is JsonElement element ? element : JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions);

    /// <summary>Small models repeat ids; the transcript needs one per call.</summary>
    private static List<StoredCall> WithUniqueIds(List<StoredCall> calls, int round) =>
        calls.Select((call, i) => call with { Id = $"{round}-{i}-{call.Id}" }).ToList();
}
