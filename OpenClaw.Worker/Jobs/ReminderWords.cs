using System.Globalization;
using OpenClaw.Core.Jobs;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Jobs;

/// <summary>What a reminder says, in the language in which it was set.</summary>
internal static class ReminderWords
{
    public static string OnTime(JobContent content) => Notices.IsPortuguese(content.Locale) ? $"⏰ Lembrete: {content.Text}" : $"⏰ Reminder: {content.Text}";

    public static string Late(JobContent content, DateTimeOffset dueAt, DateTimeOffset now, TimeZoneInfo zone)
    {
        var isPortuguese = Notices.IsPortuguese(content.Locale);
        var due = TimeZoneInfo.ConvertTime(dueAt, zone);
        var isToday = due.Date == TimeZoneInfo.ConvertTime(now, zone).Date;
        var when = due.ToString(isToday ? "HH:mm" : isPortuguese ? "dd/MM HH:mm" : "d MMM HH:mm", CultureInfo.InvariantCulture);
        return isPortuguese ? $"⏰ Lembrete atrasado, era para {when}: {content.Text}" : $"⏰ Late reminder, was due {when}: {content.Text}";
    }
}
