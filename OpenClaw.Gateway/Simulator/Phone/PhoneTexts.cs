using Microsoft.Net.Http.Headers;
using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>The page's words, in the two languages that people are answered in.</summary>
internal static class PhoneTexts
{
    private static readonly IReadOnlyDictionary<string, string> Portuguese = new Dictionary<string, string>(FaultTexts.Portuguese, StringComparer.Ordinal)
    {
        ["lang"] = "pt-BR",
        ["title"] = "Simulador de WhatsApp",
        ["phone"] = "Celular simulado",
        ["holder"] = "Celular de",
        ["online"] = "online",
        ["typing"] = "digitando…",
        ["connecting"] = "conectando…",
        ["reconnecting"] = "reconectando…",
        ["lost"] = "Sem conexão com o Gateway. Tentando de novo…",
        ["messages"] = "Mensagens",
        ["today"] = "Hoje",
        ["notice"] = "Este celular existe só no seu computador: nada é enviado ao WhatsApp e tudo some quando o Gateway para.",
        ["emptyTitle"] = "Diga oi ao OpenClaw",
        ["emptyText"] = "Escreva a primeira mensagem ou toque em uma sugestão.",
        ["suggestions"] = "Sugestões",
        ["placeholder"] = "Mensagem",
        ["send"] = "Enviar",
        ["notSent"] = "A mensagem não foi enviada: o Gateway não respondeu. Tente de novo.",
        ["tooLong"] = "A mensagem é longa demais.",
        ["you"] = "Você",
        ["sent"] = "enviada",
        ["delivered"] = "entregue",
        ["read"] = "lida",
        ["failed"] = "não entregue",
        ["panel"] = "Bastidores",
        ["panelText"] = "Cada mensagem chega ao Gateway como um webhook assinado, igual ao do WAHA.",
        ["resend"] = "Reenviar o último webhook",
        ["resendHint"] = "O mesmo webhook, byte por byte. Não deve haver uma segunda resposta.",
        ["resent"] = "O Gateway respondeu",
        ["resendFailed"] = "O Gateway não respondeu.",
        ["resendNothing"] = "Envie uma mensagem primeiro.",
        ["lastWebhook"] = "Último webhook",
        ["noWebhook"] = "nenhum ainda",
        ["noAnswer"] = "sem resposta",
        ["attempt"] = "tentativa",
        ["close"] = "Fechar",
        ["noScript"] = "O simulador precisa de JavaScript.",
    };

    private static readonly IReadOnlyDictionary<string, string> English = new Dictionary<string, string>(FaultTexts.English, StringComparer.Ordinal)
    {
        ["lang"] = "en",
        ["title"] = "WhatsApp simulator",
        ["phone"] = "Simulated phone",
        ["holder"] = "Phone of",
        ["online"] = "online",
        ["typing"] = "typing…",
        ["connecting"] = "connecting…",
        ["reconnecting"] = "reconnecting…",
        ["lost"] = "The Gateway cannot be reached. Trying again…",
        ["messages"] = "Messages",
        ["today"] = "Today",
        ["notice"] = "This phone exists only on your computer: nothing is sent to WhatsApp, and everything is gone when the Gateway stops.",
        ["emptyTitle"] = "Say hi to OpenClaw",
        ["emptyText"] = "Write the first message or tap a suggestion.",
        ["suggestions"] = "Suggestions",
        ["placeholder"] = "Message",
        ["send"] = "Send",
        ["notSent"] = "The message was not sent: the Gateway did not answer. Try again.",
        ["tooLong"] = "The message is too long.",
        ["you"] = "You",
        ["sent"] = "sent",
        ["delivered"] = "delivered",
        ["read"] = "read",
        ["failed"] = "not delivered",
        ["panel"] = "Behind the scenes",
        ["panelText"] = "Every message reaches the Gateway as a signed webhook, just like WAHA's.",
        ["resend"] = "Resend the last webhook",
        ["resendHint"] = "The same webhook, byte for byte. There should be no second answer.",
        ["resent"] = "The Gateway answered",
        ["resendFailed"] = "The Gateway did not answer.",
        ["resendNothing"] = "Send a message first.",
        ["lastWebhook"] = "Last webhook",
        ["noWebhook"] = "none yet",
        ["noAnswer"] = "no answer",
        ["attempt"] = "attempt",
        ["close"] = "Close",
        ["noScript"] = "The simulator needs JavaScript.",
    };

    /// <summary>The language that the browser likes best of the two; English when it likes neither.</summary>
    public static IReadOnlyDictionary<string, string> For(HttpRequest request)
    {
        var liked = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString())
            .FirstOrDefault(language => Speaks(language, "pt") || Speaks(language, "en"));
        return liked is not null && Speaks(liked, "pt") ? Portuguese : English;
    }

    /// <summary>Something to ask the assistant, in a person's own language; in the group by name.</summary>
    public static IReadOnlyList<string> Suggestions(ChatPlace place)
    {
        IReadOnlyList<string> texts = Speaks(place.Holder.Locale, "pt")
            ? ["que horas são?", "lista os arquivos", "ajuda"]
            : ["what time is it?", "list the files", "help"];
        return place.IsGroup ? [.. texts.Select(text => $"OpenClaw, {text}")] : texts;
    }

    private static bool Speaks(string language, string code) =>
        language.StartsWith(code, StringComparison.OrdinalIgnoreCase) && (language.Length == code.Length || language[code.Length] == '-');
}
