namespace OpenClaw.Gateway.Admission;

/// <summary>A first guess from the country code, until the person says otherwise.</summary>
internal static class Locales
{
    private static readonly (string Prefix, string Locale, string TimeZone)[] Countries =
    [
        ("55", "pt-BR", "America/Sao_Paulo"), ("351", "pt-BR", "Europe/Lisbon"), ("244", "pt-BR", "Africa/Luanda"), ("258", "pt-BR", "Africa/Maputo"),
        ("44", "en", "Europe/London"), ("353", "en", "Europe/Dublin"), ("49", "en", "Europe/Berlin"), ("33", "en", "Europe/Paris"), ("34", "en", "Europe/Madrid"),
        ("39", "en", "Europe/Rome"), ("54", "en", "America/Argentina/Buenos_Aires"), ("52", "en", "America/Mexico_City"), ("91", "en", "Asia/Kolkata"),
        ("81", "en", "Asia/Tokyo"), ("61", "en", "Australia/Sydney"), ("1", "en", "America/New_York"),
    ];

    public static string Of(string? phone) => Find(phone)?.Locale ?? (phone is null ? "pt-BR" : "en");

    public static string TimeZoneOf(string? phone) => Find(phone)?.TimeZone ?? (phone is null ? "America/Sao_Paulo" : "UTC");

    private static (string Prefix, string Locale, string TimeZone)? Find(string? phone)
    {
        foreach (var country in Countries)
        {
            if (phone?.StartsWith(country.Prefix, StringComparison.Ordinal) == true)
                return country;
        }

        return null;
    }
}
