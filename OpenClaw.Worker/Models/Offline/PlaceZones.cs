using System.Collections.Frozen;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>Time zones by the names people use: Portuguese and English ones by hand, every other city by its zone id.</summary>
internal static class PlaceZones
{
    private static readonly FrozenDictionary<string, string> Known = Parse(
        """
        America/Sao_Paulo: sao paulo, sp, brasil, brazil, brasilia, rio de janeiro, rio, belo horizonte, bh, curitiba, porto alegre, florianopolis, goiania, vitoria
        America/Bahia: salvador, bahia
        America/Fortaleza: fortaleza, ceara, natal, joao pessoa, sao luis, teresina
        America/Recife: recife, pernambuco
        America/Maceio: maceio, aracaju
        America/Belem: belem, para
        America/Manaus: manaus, amazonas
        America/Cuiaba: cuiaba, mato grosso
        America/Campo_Grande: campo grande
        America/Porto_Velho: porto velho, rondonia
        America/Rio_Branco: rio branco, acre
        America/Noronha: fernando de noronha, noronha
        Europe/Lisbon: lisboa, lisbon, portugal, porto
        Atlantic/Azores: acores, azores
        Atlantic/Cape_Verde: cabo verde, cape verde
        Africa/Luanda: luanda, angola
        Africa/Maputo: maputo, mocambique, mozambique
        Europe/London: londres, london, inglaterra, england, reino unido, uk, united kingdom
        Europe/Dublin: dublin, irlanda, ireland
        Europe/Paris: paris, franca, france
        Europe/Madrid: madri, madrid, espanha, spain, barcelona
        Europe/Rome: roma, rome, italia, italy, milao, milan
        Europe/Berlin: berlim, berlin, alemanha, germany, munique, munich, frankfurt
        Europe/Amsterdam: amsterda, amsterdam, holanda, netherlands
        Europe/Zurich: zurique, zurich, suica, switzerland
        Europe/Moscow: moscou, moscow, russia
        Europe/Kyiv: kiev, kyiv, ucrania, ukraine
        Europe/Istanbul: istambul, istanbul, turquia, turkey
        Europe/Athens: atenas, athens, grecia, greece
        Asia/Tokyo: toquio, tokyo, tokio, japao, japan, osaka
        Asia/Seoul: seul, seoul, coreia, coreia do sul, korea, south korea
        Asia/Shanghai: pequim, beijing, xangai, shanghai, china
        Asia/Hong_Kong: hong kong
        Asia/Singapore: singapura, cingapura, singapore
        Asia/Kolkata: india, nova deli, new delhi, delhi, mumbai, bangalore
        Asia/Dubai: dubai, abu dhabi, emirados
        Asia/Jerusalem: jerusalem, israel, tel aviv
        Africa/Cairo: cairo, egito, egypt
        Africa/Johannesburg: africa do sul, south africa, johanesburgo, joanesburgo, cape town
        Africa/Lagos: lagos, nigeria
        Australia/Sydney: sydney, sidney, australia
        Pacific/Auckland: auckland, nova zelandia, new zealand
        America/New_York: nova york, nova iorque, new york, nyc, miami, orlando, boston, washington, eua, usa, estados unidos
        America/Chicago: chicago, dallas, houston, texas
        America/Denver: denver
        America/Los_Angeles: los angeles, la, california, san francisco, sao francisco, seattle, las vegas
        America/Toronto: toronto, canada
        America/Mexico_City: mexico, cidade do mexico, mexico city
        America/Argentina/Buenos_Aires: buenos aires, argentina
        America/Montevideo: montevideu, montevideo, uruguai, uruguay
        America/Asuncion: assuncao, asuncion, paraguai, paraguay
        America/Santiago: santiago, chile
        America/La_Paz: la paz, bolivia
        America/Lima: lima, peru
        America/Bogota: bogota, colombia
        America/Caracas: caracas, venezuela
        Etc/UTC: utc, gmt, greenwich
        """);

    // Every zone id's last part is a city: "Europe/Helsinki", "America/Argentina/Salta". Built when first asked for.
    private static readonly Lazy<FrozenDictionary<string, string>> Cities = new(static () => TimeZoneInfo.GetSystemTimeZones()
        .Where(zone => zone.Id.Contains('/', StringComparison.Ordinal))
        .GroupBy(zone => Folded(zone.Id[(zone.Id.LastIndexOf('/') + 1)..].Replace('_', ' ')), StringComparer.Ordinal)
        .ToFrozenDictionary(zones => zones.Key, zones => zones.First().Id, StringComparer.Ordinal));

    /// <summary>The IANA id for a place as a person writes it, an id included; null when unknown.</summary>
    public static string? Find(FoldedText place)
    {
        var name = place.Folded.Trim();
        if (name.StartsWith("the ", StringComparison.Ordinal))
            name = name[4..];
        if (name.Length is 0 or > 40)
            return null;

        if (Known.GetValueOrDefault(name) is { } known)
            return known;
        if (!name.Contains('/', StringComparison.Ordinal))
            return Cities.Value.GetValueOrDefault(name);

        return TimeZoneInfo.TryFindSystemTimeZoneById(place.Original.Trim(), out var zone) ? zone.Id : null;
    }

    private static string Folded(string text) => FoldedText.Of(text).Folded;

    private static FrozenDictionary<string, string> Parse(string table) => table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(": ", 2))
        .SelectMany(line => line[1].Split(", "), (line, name) => KeyValuePair.Create(name, line[0]))
        .ToFrozenDictionary(StringComparer.Ordinal);
}
