using System.Net.ServerSentEvents;
using System.Text.Json;

namespace OpenClaw.Tests.Simulator;

/// <summary>The page's stream of one chat, event by event.</summary>
internal sealed class OpenPhone : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private OpenPhone(HttpResponseMessage response, Stream stream)
    {
        (_response, _stream) = (response, stream);
        _events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
    }

    /// <summary>Everything that came so far, in order.</summary>
    public List<(string Name, JsonElement Data)> Seen { get; } = [];

    /// <summary>Codes of the system's lines so far.</summary>
    public IEnumerable<string> Codes => Seen.Where(item => item.Name == "notice").Select(item => item.Data.GetProperty("code").GetString()!);

    public static async Task<OpenPhone> OpenAsync(HttpClient browser, string person)
    {
        var response = await browser.GetAsync($"simulator/events?person={person}", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new OpenPhone(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event of that name, and of that kind.</summary>
    public async Task<JsonElement> NextAsync(string name, Func<JsonElement, bool>? which = null)
    {
        while (await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(90)))
        {
            var json = JsonDocument.Parse(_events.Current.Data).RootElement;
            Seen.Add((_events.Current.EventType, json));
            if (_events.Current.EventType == name && which?.Invoke(json) != false)
                return json;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    /// <summary>The next line of the system's with this code.</summary>
    public Task<JsonElement> NoticeAsync(string code) => NextAsync("notice", notice => notice.GetProperty("code").GetString() == code);

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _stream.DisposeAsync();
    }
}
