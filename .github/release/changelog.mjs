// CHANGELOG.md has a section for each release: words by hand, a marker, and below it the commits, which this writes.
// Whatever is above a marker stays as it is, so a second run changes nothing.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runGitCliff } from "git-cliff";

const usage = `node changelog.mjs <command>
  check            every commit is a Conventional Commit, and CHANGELOG.md holds what the commits of each release say
  preview          the commits since the last release, as the next one will list them
  release v1.2.3   makes a section for that version in CHANGELOG.md: what is under Unreleased, and the commits
  notes v1.2.3     a release's section, without its heading
It works on the repository of the current directory.`;

const marker = "<!-- commits -->";
const unreleased = "Unreleased";
const here = dirname(fileURLToPath(import.meta.url));
const root = git("rev-parse", "--show-toplevel");
const file = join(root, "CHANGELOG.md");

class Problem extends Error {}

function git(...args) {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}

// "## [1.2.3] - 2026-01-31" begins a section.
function parse(text) {
  const [intro, ...parts] = text.split(/^(?=## \[)/m);
  const sections = parts.map((part) => {
    const [heading, ...lines] = part.trim().split("\n");
    const [words, commits] = lines.join("\n").split(marker);
    return { version: /^## \[([^\]]+)\]/.exec(heading)[1], heading, words: words.trim(), commits: commits?.trim() };
  });
  return { intro: intro.trim(), sections };
}

function print({ intro, sections }) {
  const blocks = sections.flatMap(({ heading, words, commits }) => [heading, words, ...(commits ? [marker, commits] : [])]);
  return [intro, ...blocks].filter((block) => block).join("\n\n") + "\n";
}

// What git-cliff makes of all commits, a section for each release. It refuses a message that does not parse and names the commit.
async function fromCommits(...args) {
  const result = await runGitCliff(["--config", join(here, "cliff.toml"), "--repository", root, "--offline", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: root,
    env: { NO_COLOR: "1", RUST_LOG: "error" },
    reject: false,
  });
  if (result.exitCode !== 0) throw new Problem(`${result.stderr.trim()}\nCONTRIBUTING.md says how a commit message has to look.`);
  return parse(result.stdout).sections;
}

function newestFirst(a, b) {
  if (a.version === unreleased || b.version === unreleased) return a.version === unreleased ? -1 : 1;
  return b.version.localeCompare(a.version, "en", { numeric: true });
}

// The file as it is, with the commits' part of every release that git knows put in anew.
function renew(changelog, releases) {
  const sections = [...changelog.sections];
  for (const { version, heading, commits } of releases.filter((release) => release.version !== unreleased)) {
    const at = sections.findIndex((section) => section.version === version);
    if (at >= 0) sections[at] = { ...sections[at], commits };
    else sections.push({ version, heading, words: "", commits });
  }
  return { ...changelog, sections: sections.sort(newestFirst) };
}

// What was written under Unreleased becomes the beginning of the release.
function moveWords(changelog, version, heading) {
  if (changelog.sections.some((section) => section.version === version)) return changelog;
  const words = changelog.sections.find((section) => section.version === unreleased)?.words ?? "";
  const sections = changelog.sections.map((section) => (section.version === unreleased ? { ...section, words: "" } : section));
  return { ...changelog, sections: [...sections, { version, heading, words }] };
}

function versionOf(tag) {
  if (!/^v\d+\.\d+\.\d+$/.test(tag ?? "")) throw new Problem(`A release is named like v1.2.3, not "${tag ?? ""}".`);
  return tag.slice(1);
}

const read = () => parse(readFileSync(file, "utf8"));

const commands = {
  async check() {
    const releases = await fromCommits();
    console.log(`Every one of ${git("rev-list", "--count", "HEAD")} commits parses.`);
    if (git("rev-parse", "--is-shallow-repository") === "true") {
      console.log("This clone has not the whole history: the releases in CHANGELOG.md were not compared with it.");
      return;
    }
    const now = print(read());
    if (now !== readFileSync(file, "utf8")) throw new Problem("CHANGELOG.md: a section needs a heading, its words and, in a release, the commits below a marker, with an empty line between them.");
    if (now !== print(renew(read(), releases))) {
      throw new Problem("CHANGELOG.md does not hold what the commits of its releases say: npm run release -- <the newest tag> writes it.");
    }
    console.log(`CHANGELOG.md holds the commits of ${releases.filter((release) => release.version !== unreleased).length} releases.`);
  },

  async preview() {
    const [next] = await fromCommits("--unreleased");
    console.log(next?.commits ?? "Nothing that a release would list.");
  },

  async release(tag) {
    const version = versionOf(tag);
    const isTagged = git("tag", "--list", tag) !== "";
    const releases = await fromCommits(...(isTagged ? [] : ["--tag", tag]));
    const release = releases.find((candidate) => candidate.version === version);
    if (!release) throw new Problem(`There is nothing to release as ${tag}.`);
    writeFileSync(file, print(renew(moveWords(read(), version, release.heading), releases)));
    console.log(`CHANGELOG.md has ${release.heading.slice(3)}. Look at it, commit it as "chore(release): ${tag}" and tag that commit.`);
  },

  async notes(tag) {
    const version = versionOf(tag);
    const section = read().sections.find((candidate) => candidate.version === version);
    if (!section) throw new Problem(`CHANGELOG.md has no section for ${tag}: npm run release -- ${tag} writes it, before the tag.`);
    console.log([section.words, section.commits].filter((part) => part).join("\n\n"));
  },
};

try {
  const command = commands[process.argv[2]];
  if (!command) throw new Problem(usage);
  await command(process.argv[3]);
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
