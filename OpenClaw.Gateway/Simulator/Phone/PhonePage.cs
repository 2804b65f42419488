using System.Text.Encodings.Web;
using System.Text.Json;
using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>The page itself. What changes comes over <see cref="PhoneStream"/> and is put in by the page's module.</summary>
internal sealed class PhonePage(SimulatedWaha waha, FaultPanel faults)
{
    /// <summary>Nothing inline, nothing from elsewhere, no frame around it, and no way for a script to set HTML from text.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Maps the page and its assets.</summary>
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("", PageAsync);
        group.MapGet("/assets/{name}", PhoneAssets.WriteAsync);
    }

    private Task PageAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        headers.Vary = "Accept-Language";
        context.Response.ContentType = "text/html; charset=utf-8";

        var shown = waha.ChatOf(context.Request.Query["person"].ToString())?.Place ?? ChatPlace.Phone(waha.People[0]);
        var html = Render(PhoneTexts.For(context.Request), shown, Encode(context.Request.PathBase + SimulatorSetup.PagePath));
        return context.Response.WriteAsync(html, context.RequestAborted);
    }

    private string Render(IReadOnlyDictionary<string, string> texts, ChatPlace shown, string root)
    {
        string T(string key) => Encode(texts[key]);
        return $"""
            <!doctype html>
            <html lang="{T("lang")}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
              <meta name="color-scheme" content="light dark">
              <title>OpenClaw · {T("title")}</title>
              <link rel="icon" type="image/svg+xml" href="{root}/assets/icon.svg">
              <link rel="stylesheet" href="{root}/assets/simulator.css">
              <script type="module" src="{root}/assets/simulator.js"></script>
              <script type="application/json" id="texts">{JsonSerializer.Serialize(texts, PhoneJson.Default.IReadOnlyDictionaryStringString)}</script>
            </head>
            <body data-person="{shown.Key}" data-connection="connecting">
              <main class="stage">
                <section class="phone" aria-label="{T("phone")}">
                  <header class="bar">
                    <img class="avatar" src="{root}/assets/icon.svg" alt="" width="40" height="40">
                    <div class="who">
                      <h1 id="title" data-name="{Encode(SimulatedAccount.PushName)}">{(shown.IsGroup ? T("groupName") : Encode(SimulatedAccount.PushName))}</h1>
                      <p class="presence" id="presence" data-testid="presence">{T("connecting")}</p>
                    </div>
                    <div class="people" role="group" aria-label="{T("holder")}">
                      {string.Concat(waha.Chats.Select(chat => PersonButton(chat.Place, shown, texts)))}
                    </div>
                    <button type="button" class="panel-toggle" id="panel-toggle" data-testid="panel-toggle" aria-expanded="false" aria-controls="panel" aria-label="{T("panel")}" title="{T("panel")}"><span aria-hidden="true">⋮</span></button>
                  </header>
                  <p class="lost" id="lost" data-testid="reconnecting" role="status" hidden>{T("lost")}</p>
                  <div class="chat" id="chat" tabindex="0" role="log" aria-live="polite" aria-relevant="additions" aria-label="{T("messages")}">
                    <p class="notice">{T("notice")}</p>
                    <div class="empty" id="empty" data-testid="empty">
                      <img src="{root}/assets/icon.svg" alt="" width="72" height="72">
                      <h2>{T("emptyTitle")}</h2>
                      <p>{T("emptyText")}</p>
                    </div>
                    <div class="messages" id="messages"></div>
                    <div class="bubble in typing" id="typing" data-testid="typing" hidden>
                      <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span class="unseen">{T("typing")}</span>
                    </div>
                  </div>
                  {string.Concat(waha.Chats.Select(chat => SuggestionRow(chat.Place, shown, T("suggestions"))))}
                  <p class="problem" id="problem" data-testid="problem" role="alert" hidden></p>
                  <form class="composer" id="composer" autocomplete="off">
                    <textarea id="text" data-testid="message-input" rows="1" enterkeyhint="send" placeholder="{T("placeholder")}" aria-label="{T("placeholder")}" autofocus></textarea>
                    <button type="submit" class="send" data-testid="send" aria-label="{T("send")}" title="{T("send")}"><span aria-hidden="true">➤</span></button>
                  </form>
                </section>
                <aside class="panel" id="panel" aria-label="{T("panel")}">
                  <div class="panel-head">
                    <h2>{T("panel")}</h2>
                    <button type="button" class="panel-close" id="panel-close" aria-label="{T("close")}" title="{T("close")}"><span aria-hidden="true">×</span></button>
                  </div>
                  <section class="faults" aria-labelledby="faults-title">
                    <h3 id="faults-title">{T("faults")}</h3>
                    <p class="hint">{T("faultsText")}</p>
                    <div class="fault-grid">
                      {string.Concat(FaultNames.All.Select(known => FaultButton(known.Fault, known.Name, texts)))}
                    </div>
                    <p class="result" id="fault-result" data-testid="fault-result" role="status"></p>
                  </section>
                  <section class="behind">
                  <p class="hint">{T("panelText")}</p>
                  <button type="button" class="resend" id="resend" data-testid="resend" aria-describedby="resend-hint">{T("resend")}</button>
                  <p class="hint" id="resend-hint">{T("resendHint")}</p>
                  <p class="result" id="resend-result" data-testid="resend-result" role="status"></p>
                  <p class="status" data-testid="webhook-status"><span>{T("lastWebhook")}:</span> <strong id="webhook-status">{T("noWebhook")}</strong></p>
                  <ol class="webhooks" id="webhooks" reversed></ol>
                  </section>
                </aside>
              </main>
              <noscript><p class="lost">{T("noScript")}</p></noscript>
            </body>
            </html>
            """;
    }

    private static string PersonButton(ChatPlace place, ChatPlace shown, IReadOnlyDictionary<string, string> texts)
    {
        var (name, title) = place.IsGroup ? (texts["group"], texts["groupName"]) : (place.Holder.Name, place.Holder.DisplayPhone);
        return $"""<button type="button" data-testid="person-{place.Key}" data-person="{place.Key}" aria-pressed="{(place.Key == shown.Key ? "true" : "false")}" title="{Encode(title)}">{Encode(name)}</button>""";
    }

    private string FaultButton(Fault fault, string name, IReadOnlyDictionary<string, string> texts)
    {
        var isMissing = !faults.IsAvailable(fault);
        var hint = texts[isMissing ? fault == Fault.Database ? "fault.database.missing" : "fault.model.missing" : $"fault.{name}.hint"];
        var lasts = FaultNames.Lasts(fault);
        return $"""
            <button type="button" class="fault" data-fault="{name}" data-testid="fault-{name}" aria-labelledby="fault-{name}-name" aria-describedby="fault-{name}-hint"{(lasts ? " aria-pressed=\"false\"" : "")}{(isMissing ? " disabled" : "")}>
              <span class="fault-name" id="fault-{name}-name">{Encode(texts[$"fault.{name}"])}</span>
              <span class="fault-hint" id="fault-{name}-hint">{Encode(hint)}</span>
              {(lasts ? $"""<span class="fault-stop" aria-hidden="true">{Encode(texts["stop"])}</span>""" : "")}
            </button>
            """;
    }

    private static string SuggestionRow(ChatPlace place, ChatPlace shown, string label)
    {
        var chips = PhoneTexts.Suggestions(place)
            .Select(text => $"""<button type="button" data-testid="suggestion">{Encode(text)}</button>""");
        return $"""<div class="suggestions" data-suggestions="{place.Key}" lang="{place.Holder.Locale}" role="group" aria-label="{label}"{(place.Key == shown.Key ? "" : " hidden")}>{string.Concat(chips)}</div>""";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
