using System.ComponentModel;
using System.Globalization;
using System.IO.Enumeration;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// <c>search_files</c>: by name (part of it, or a pattern with <c>*</c> and <c>?</c>) and by text, without regard to case and accents:
/// <code>
/// 2 matches for "luz"
/// docs/luz.txt
/// docs/contas.txt:12: conta de luz 120,00
/// </code>
/// </summary>
internal sealed class SearchFilesSkill(IPersonFiles files) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "search_files";

    private const int MostMatches = 50;
    private const int MostPerFile = 5;
    private const int LongestQuery = 200;
    private const int LongestLine = 4_000;
    private const int ExcerptLength = 200;
    private const long MostBytesPerFile = 16 * 1024 * 1024;
    private const long MostBytes = 128 * 1024 * 1024;

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        Search, Name, "Searches the person's own files by name (also with * and ?) and by the text in them; case and accents do not matter.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Read;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public int OutputLimit => 12_000;

    private string Search(
        SkillContext context,
        [Description("Part of a name or text, for example luz; or a pattern for names, for example *.pdf.")] string query,
        [Description("Folder to search, relative to the person's own. Left out: everything.")] string? path = null,
        CancellationToken cancellationToken = default)
    {
        query = query.Trim();
        if (query.Length is 0 or > LongestQuery)
            throw SkillException.Refused($"The parameter 'query' must have 1 to {LongestQuery} characters.", "bad_argument");

        var search = new Running(FileTree.At(files.RootFor(context.Person)), SkillText.Fold(query));
        search.Run(FilePath.Parse(path), cancellationToken);

        var quoted = SkillText.Quote(query);
        var notes = search.IsCut ? "\n[not everything was searched or shown; search a folder inside, or for something rarer]" : "";
        if (search.Lines.Count == 0)
            return $"No file name or text matches {quoted}.{notes}";

        var count = search.Lines.Count;
        return string.Create(CultureInfo.InvariantCulture,
            $"{count} {(count == 1 ? "match" : "matches")} for {quoted}\n{string.Join('\n', search.Lines)}{notes}");
    }

    private sealed class Running(IFileTree tree, string folded)
    {
        private readonly bool _isPattern = folded.AsSpan().ContainsAny('*', '?');
        private long _bytesLeft = MostBytes;

        public List<string> Lines { get; } = [];

        public bool IsCut { get; private set; }

        public void Run(FilePath folder, CancellationToken cancellationToken)
        {
            var walk = new FileWalk(tree, isRecursive: true);
            foreach (var found in walk.Through(folder, cancellationToken))
            {
                if (NameMatches(found.Entry.Name))
                    Lines.Add(found.Path + (found.Entry.Kind == EntryKind.Folder ? "/" : ""));
                if (!_isPattern && found.Entry is { Kind: EntryKind.File, Length: > 0 } && Lines.Count < MostMatches)
                    SearchText(found.Path, cancellationToken);
                if (Lines.Count >= MostMatches)
                {
                    IsCut = true;
                    break;
                }
            }

            IsCut |= walk.IsCut;
        }

        private bool NameMatches(string name)
        {
            if (!SkillText.IsWellFormed(name))
                return false;

            var foldedName = SkillText.Fold(name);
            return _isPattern
                ? FileSystemName.MatchesSimpleExpression(folded, foldedName, ignoreCase: false)
                : foldedName.Contains(folded, StringComparison.Ordinal);
        }

        private void SearchText(FilePath path, CancellationToken cancellationToken)
        {
            if (_bytesLeft <= 0)
            {
                IsCut = true;
                return;
            }

            try
            {
                using var text = FileText.Open(tree, path, cancellationToken);
                if (text is not null)
                    SearchLines(path, text, cancellationToken);
            }
            catch (SkillException)
            {
                // Closed to us, replaced or gone since it was listed.
            }
        }

        private void SearchLines(FilePath path, FileText text, CancellationToken cancellationToken)
        {
            var lines = new BoundedLines(text.Reader, LongestLine);
            var allowed = Math.Min(MostBytesPerFile, _bytesLeft);
            var hits = 0;
            while (hits < MostPerFile && Lines.Count < MostMatches && lines.Next(keep: true, cancellationToken))
            {
                IsCut |= lines.IsCut;
                var at = SkillText.Fold(lines.Line).IndexOf(folded, StringComparison.Ordinal);
                if (at >= 0)
                {
                    hits++;
                    Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{path}:{lines.Number}: {Excerpt(lines.Line, at)}"));
                }

                if (text.Position > allowed)
                {
                    IsCut = true;
                    break;
                }
            }

            _bytesLeft -= text.Position;
        }

        // Folding may shift places by a few characters; an excerpt does not need to be exact.
        private static string Excerpt(string line, int at)
        {
            if (line.Length <= ExcerptLength)
                return SkillText.OneLine(line.Trim());

            var start = Math.Clamp(at - (ExcerptLength / 2), 0, line.Length - ExcerptLength);
            if (start > 0 && char.IsLowSurrogate(line[start]))
                start++;
            return $"...{SkillText.OneLine(SkillText.Head(line[start..], ExcerptLength).Trim())}...";
        }
    }
}
