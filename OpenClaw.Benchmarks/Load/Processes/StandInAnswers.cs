using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>A stand-in's answering side: asks the model and sends the answer, a chat's messages in order.</summary>
internal sealed class StandInAnswers : IDisposable
{
    private readonly ConcurrentDictionary<string, Channel<string>> _lanes = new(StringComparer.Ordinal);
    private readonly HttpClient _model = new() { BaseAddress = new Uri(StandInSettings.Get("Ai__Main__Endpoint") + "/") };
    private readonly HttpClient _waha = new() { BaseAddress = new Uri(StandInSettings.Get("Waha__BaseUrl")) };

    public StandInAnswers() => _waha.DefaultRequestHeaders.Add("X-Api-Key", StandInSettings.Get("Waha__ApiKey"));

    /// <summary>Answers after the chat's earlier messages.</summary>
    public void Enqueue(string chatId, string text) => Lane(chatId).Writer.TryWrite(text);

    public void Dispose()
    {
        _model.Dispose();
        _waha.Dispose();
    }

    private Channel<string> Lane(string chatId)
    {
        if (_lanes.TryGetValue(chatId, out var lane))
        {
            return lane;
        }

        var created = Channel.CreateUnbounded<string>();
        lane = _lanes.GetOrAdd(chatId, created);
        if (lane == created)
        {
            _ = AnswerAsync(chatId, lane.Reader);
        }

        return lane;
    }

    private async Task AnswerAsync(string chatId, ChannelReader<string> texts)
    {
        await foreach (var text in texts.ReadAllAsync())
        {
            var answer = await AskAsync(text);
            using var sent = await _waha.PostAsJsonAsync("api/sendText", new { session = "default", chatId, text = answer });
            sent.EnsureSuccessStatusCode();
        }
    }

    private async Task<string> AskAsync(string text)
    {
        using var content = JsonContent.Create(new { model = "scripted", stream = true, messages = new[] { new { role = "user", content = text } } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions") { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await _model.SendAsync(request);
        var answer = new StringBuilder();
        foreach (var line in (await response.Content.ReadAsStringAsync()).Split('\n'))
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                using var chunk = JsonDocument.Parse(line.AsMemory("data: ".Length));
                var choices = chunk.RootElement.GetProperty("choices");
                answer.Append(choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var part) ? part.GetString() : null);
            }
        }

        return answer.ToString();
    }
}
