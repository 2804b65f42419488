using System.Collections.Frozen;

namespace OpenClaw.Worker.Skills.Clock;

/// <summary>Names that people use for a time zone and that its id does not contain; cities first, then countries with one zone.</summary>
internal static class Places
{
    // One line a zone: id, then its names.
    private const string Table = """
        America/Sao_Paulo|São Paulo|Brasília|Rio de Janeiro|Belo Horizonte|Salvador Brasil|Curitiba|Porto Alegre|Florianópolis|Goiânia|Vitória|Campinas|Brasil|Brazil|horário de Brasília
        America/Manaus|Manaus|Amazonas
        America/Cuiaba|Cuiabá|Mato Grosso
        America/Campo_Grande|Campo Grande
        America/Porto_Velho|Porto Velho
        America/Boa_Vista|Boa Vista
        America/Rio_Branco|Rio Branco|Acre
        America/Belem|Belém|Macapá
        America/Fortaleza|Fortaleza|Natal|São Luís|Teresina|João Pessoa
        America/Recife|Recife
        America/Maceio|Maceió|Aracaju
        America/Bahia|Salvador|Bahia
        America/Noronha|Fernando de Noronha
        Europe/Lisbon|Lisboa|Lisbon|Porto|Braga|Coimbra|Portugal
        Atlantic/Madeira|Madeira|Funchal
        Atlantic/Azores|Açores|Azores|Ponta Delgada
        Africa/Luanda|Luanda|Angola
        Africa/Maputo|Maputo|Moçambique|Mozambique
        Atlantic/Cape_Verde|Praia|Cabo Verde|Cape Verde
        Africa/Bissau|Bissau|Guiné-Bissau
        Africa/Sao_Tome|São Tomé|São Tomé e Príncipe
        Asia/Dili|Díli|Timor-Leste
        Asia/Macau|Macau
        America/New_York|New York|Nova York|Nova Iorque|NYC|Miami|Boston|Washington|Atlanta|Orlando|Filadélfia|Philadelphia
        America/Chicago|Chicago|Dallas|Houston|Austin|New Orleans
        America/Denver|Denver|Salt Lake City
        America/Phoenix|Phoenix|Arizona
        America/Los_Angeles|Los Angeles|San Francisco|São Francisco|Seattle|Las Vegas|San Diego|Califórnia|California
        America/Anchorage|Anchorage|Alasca|Alaska
        Pacific/Honolulu|Honolulu|Havaí|Hawaii
        America/Toronto|Toronto|Montreal|Ottawa
        America/Vancouver|Vancouver
        America/Mexico_City|Cidade do México|Mexico City
        America/Argentina/Buenos_Aires|Buenos Aires|Argentina
        America/Montevideo|Montevidéu|Montevideo|Uruguai|Uruguay
        America/Asuncion|Assunção|Asunción|Paraguai|Paraguay
        America/Santiago|Santiago|Santiago do Chile
        America/Lima|Lima|Peru
        America/Bogota|Bogotá|Colômbia|Colombia
        America/Caracas|Caracas|Venezuela
        America/La_Paz|La Paz|Bolívia|Bolivia
        America/Guayaquil|Quito|Guayaquil
        America/Havana|Havana|Cuba
        America/Panama|Panamá|Panama
        Europe/London|Londres|London|Inglaterra|England|Reino Unido|United Kingdom|Edimburgo|Edinburgh|Manchester
        Europe/Dublin|Dublin|Irlanda|Ireland
        Europe/Paris|Paris|França|France|Lyon
        Europe/Madrid|Madrid|Madri|Barcelona|Sevilha|Valência
        Europe/Berlin|Berlim|Berlin|Alemanha|Germany|Munique|Munich|Frankfurt|Hamburgo|Hamburg
        Europe/Rome|Roma|Rome|Milão|Milan|Itália|Italy|Florença|Veneza
        Europe/Amsterdam|Amsterdã|Amesterdão|Amsterdam|Holanda|Netherlands
        Europe/Brussels|Bruxelas|Brussels|Bélgica|Belgium
        Europe/Zurich|Zurique|Zurich|Genebra|Geneva|Suíça|Switzerland
        Europe/Vienna|Viena|Vienna|Áustria|Austria
        Europe/Luxembourg|Luxemburgo|Luxembourg
        Europe/Prague|Praga|Prague
        Europe/Warsaw|Varsóvia|Warsaw|Polônia|Poland
        Europe/Budapest|Budapeste|Budapest|Hungria|Hungary
        Europe/Copenhagen|Copenhague|Copenhagen|Dinamarca|Denmark
        Europe/Stockholm|Estocolmo|Stockholm|Suécia|Sweden
        Europe/Oslo|Oslo|Noruega|Norway
        Europe/Helsinki|Helsinque|Helsínquia|Helsinki|Finlândia|Finland
        Europe/Athens|Atenas|Athens|Grécia|Greece
        Europe/Istanbul|Istambul|Istanbul|Turquia|Turkey
        Europe/Kyiv|Kiev|Kyiv|Ucrânia|Ukraine
        Europe/Moscow|Moscou|Moscovo|Moscow
        Africa/Cairo|Cairo|Egito|Egypt
        Africa/Johannesburg|Joanesburgo|Johannesburg|Cidade do Cabo|Cape Town|África do Sul|South Africa
        Africa/Lagos|Lagos|Nigéria|Nigeria
        Africa/Nairobi|Nairóbi|Nairobi|Quênia|Kenya
        Africa/Casablanca|Casablanca|Marrocos|Morocco
        Asia/Jerusalem|Jerusalém|Jerusalem|Tel Aviv|Israel
        Asia/Dubai|Dubai|Abu Dhabi|Emirados Árabes
        Asia/Riyadh|Riad|Riyadh
        Asia/Qatar|Doha|Catar|Qatar
        Asia/Kolkata|Nova Delhi|Nova Déli|New Delhi|Delhi|Mumbai|Bombaim|Bangalore|Calcutá|Índia|India
        Asia/Bangkok|Bangkok|Banguecoque|Tailândia|Thailand
        Asia/Singapore|Singapura|Singapore
        Asia/Jakarta|Jacarta|Jakarta
        Asia/Manila|Manila|Filipinas|Philippines
        Asia/Ho_Chi_Minh|Ho Chi Minh|Hanói|Hanoi|Vietnã|Vietnam
        Asia/Hong_Kong|Hong Kong
        Asia/Shanghai|Xangai|Shanghai|Pequim|Beijing|China|Shenzhen
        Asia/Taipei|Taipé|Taipei|Taiwan
        Asia/Seoul|Seul|Seoul|Coreia do Sul|South Korea
        Asia/Tokyo|Tóquio|Tokyo|Osaka|Quioto|Kyoto|Japão|Japan
        Australia/Sydney|Sydney|Sidney|Camberra|Canberra
        Australia/Melbourne|Melbourne
        Australia/Perth|Perth
        Pacific/Auckland|Auckland|Wellington|Nova Zelândia|New Zealand
        Etc/UTC|UTC|GMT|Z|Zulu
        """;

    /// <summary>Zone and one of its names, as written in the table.</summary>
    public static IReadOnlyList<(string Zone, string Name)> Known { get; } =
    [
        .. Table.Split('\n').Select(line => line.Split('|')).SelectMany(line => line.Skip(1).Select(name => (line[0], name.Trim()))),
    ];

    /// <summary>Zone by folded name; names of two languages may fold to one.</summary>
    public static FrozenDictionary<string, string> Zones { get; } =
        Known.Select(place => KeyValuePair.Create(SkillText.Fold(place.Name), place.Zone)).DistinctBy(place => place.Key).ToFrozenDictionary(StringComparer.Ordinal);
}
