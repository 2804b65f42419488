using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// The reminder skills' results as sentences:
/// <code>
/// Reminder 2 is set for 2026-11-23T15:00:00-03:00 (Monday, America/Sao_Paulo): ligar pro João
/// </code>
/// </summary>
internal static partial class ReminderPhrase
{
    /// <summary>The sentence, or null when the result is another one than these.</summary>
    public static string? Of(string result, OfflineRequest request) => request.Topic switch
    {
        OfflineTopic.SetReminder when SetResult().Match(result) is { Success: true } set => Set(set, request.Language),
        OfflineTopic.SetReminder => Refused(result, request.Language),
        OfflineTopic.CancelReminder when CancelResult().Match(result) is { Success: true } cancelled => In(
            request.Language, $"🗑️ Lembrete {cancelled.Groups["number"]} cancelado: {cancelled.Groups["text"]}", $"🗑️ Reminder {cancelled.Groups["number"]} cancelled: {cancelled.Groups["text"]}"),
        OfflineTopic.CancelReminder when result.EndsWith("is waiting.", StringComparison.Ordinal) => In(
            request.Language, "Não há lembrete com esse número à espera. Veja com \"quais lembretes eu tenho?\".", "No reminder of that number is waiting. See \"what reminders do I have?\"."),
        OfflineTopic.ListReminders => List(result, request.Language),
        _ => null,
    };

    /// <summary>To whoever did not say when, or what.</summary>
    public static string Unclear(OfflineLanguage language) => In(
        language,
        "⏰ De quê, e quando? Por exemplo: \"me lembra em 10 minutos de tirar o bolo\" ou \"lembra de ligar pro João às 15h\".",
        "⏰ Of what, and when? For example: \"remind me in 10 minutes to check the oven\" or \"remind me to call John at 3pm\".");

    private static string? Set(Match set, OfflineLanguage language) => !TryRead(set.Groups["at"].Value, out var at) ? null : In(
        language,
        $"⏰ Combinado! Lembrete {set.Groups["number"]}: {set.Groups["text"]}\n{When(at, language)} ({set.Groups["zone"]})",
        $"⏰ All right! Reminder {set.Groups["number"]}: {set.Groups["text"]}\n{When(at, language)} ({set.Groups["zone"]})");

    private static string? Refused(string result, OfflineLanguage language) => result switch
    {
        "That time is in the past." => In(language, "⏰ Essa hora já passou.", "⏰ That time has passed already."),
        "That time is more than five years away." => In(language, "⏰ Isso fica longe demais: até cinco anos eu consigo.", "⏰ That is too far away: up to five years I can."),
        _ when result.EndsWith("reminders already; cancel one first.", StringComparison.Ordinal) => In(
            language, "⏰ Você já tem lembretes demais; cancele um antes.", "⏰ You have too many reminders already; cancel one first."),
        _ => null,
    };

    private static string? List(string result, OfflineLanguage language)
    {
        if (result == Skills.Reminders.ListRemindersSkill.None)
            return In(language, "⏰ Nenhum lembrete.", "⏰ No reminders.");
        var lines = ListLine().Matches(result);
        if (lines.Count == 0)
            return null;
        var list = new StringBuilder(In(language, "⏰ **Seus lembretes**", "⏰ **Your reminders**"));
        foreach (Match line in lines)
        {
            if (!TryRead(line.Groups["at"].Value, out var at))
                return null;
            list.Append(CultureInfo.InvariantCulture, $"\n- {line.Groups["number"]}: {line.Groups["text"]} – {When(at, language)}{State(line.Groups["state"].Value, language)}");
        }

        return list.ToString();
    }

    private static string State(string state, OfflineLanguage language) => state switch
    {
        "sending" => In(language, " (enviando)", " (being sent)"),
        "sent" => In(language, " (enviado, ainda sem confirmação de entrega)", " (sent, not yet confirmed)"),
        "delivered" => In(language, " (entregue)", " (delivered)"),
        "failed" => In(language, " (não foi possível enviar)", " (could not be sent)"),
        _ => "",
    };

    private static string When(DateTimeOffset at, OfflineLanguage language) =>
        In(language, $"{ClockPhrase.Day(at, language)}, às {at:HH:mm}", $"{ClockPhrase.Day(at, language)}, {at:HH:mm}");

    private static bool TryRead(string text, out DateTimeOffset at) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out at);

    private static string In(OfflineLanguage language, string portuguese, string english) => language == OfflineLanguage.English ? english : portuguese;

    [GeneratedRegex(@"^Reminder (?<number>\d+) is set for (?<at>\S+) \(\w+, (?<zone>[^)]+)\): (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex SetResult();

    [GeneratedRegex(@"^Reminder (?<number>\d+) is cancelled: (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex CancelResult();

    [GeneratedRegex(@"^(?<number>\d+) \| (?<at>\S+) \| (?<state>[a-z]+) \| (?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex ListLine();
}
