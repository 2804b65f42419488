using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Replies;

/// <summary>What the system itself says. Typed, short, in the person's language; nothing of an exception ever gets in.</summary>
internal sealed class Notices : INoticeTexts
{
    public string TooManyMessages(string locale) => IsPortuguese(locale)
        ? "Calma aí 🙂 chegaram mensagens demais de uma vez. As últimas não foram lidas; espere um minuto e mande de novo, por favor."
        : "One moment 🙂 too many messages came in at once. The last ones were not read; please wait a minute and send them again.";

    /// <param name="locale">The person's locale.</param>
    /// <param name="reference">Code under which an operator finds the turn.</param>
    public static string Apology(string locale, string reference) => IsPortuguese(locale)
        ? $"Desculpe, não consegui responder agora. Tente de novo mais tarde. Se continuar, informe o código {reference}."
        : $"Sorry, I could not answer this time. Please try again later. If it keeps happening, mention code {reference}.";

    /// <summary>Above an answer that an operator replayed.</summary>
    public static string Late(string locale) => IsPortuguese(locale) ? "_Resposta atrasada a esta mensagem:_" : "_A late answer to this message:_";

    internal static bool IsPortuguese(string locale) => locale.StartsWith("pt", StringComparison.OrdinalIgnoreCase);
}
