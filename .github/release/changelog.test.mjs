// node --test: against git repositories of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

const tool = join(dirname(fileURLToPath(import.meta.url)), "changelog.mjs");
const someone = { GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.org", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.org" };
let folder;

function run(program, args, cwd = folder) {
  const env = { ...process.env, ...someone, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env });
  return { status, output: stdout + stderr };
}

function git(...args) {
  const { status, output } = run("git", args);
  assert.equal(status, 0, output);
}

const changelog = (...args) => run(process.execPath, [tool, ...args]);
const commit = (message) => git("commit", "--quiet", "--allow-empty", "--message", message);
const file = () => readFileSync(join(folder, "CHANGELOG.md"), "utf8");

function release(tag) {
  const { status, output } = changelog("release", tag);
  assert.equal(status, 0, output);
}

function commitRelease(tag) {
  git("commit", "--quiet", "--all", "--message", `chore(release): ${tag}`);
  git("tag", tag);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openclaw-changelog-"));
  git("init", "--quiet", "--initial-branch", "main");
  writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\nWhat changed.\n\n## [Unreleased]\n\nWords by hand.\n");
  git("add", ".");
  commit("feat(queue): keep the order");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a release begins with the words by hand and lists its commits", () => {
  commit("fix!: lose nothing");
  commit("refactor: nobody notices");

  release("v1.0.0");

  assert.match(file(), /## \[Unreleased\]\n\n## \[1\.0\.0\] - \d{4}-\d{2}-\d{2}\n\nWords by hand\.\n\n<!-- commits -->\n\n### Features\n\n- queue: keep the order \(\w{7}\)\n\n### Fixes\n\n- \*\*Breaking:\*\* lose nothing \(\w{7}\)\n$/);
});

test("a second run changes nothing, before the tag and behind it", () => {
  release("v1.0.0");
  const once = file();
  release("v1.0.0");
  assert.equal(file(), once);
  commitRelease("v1.0.0");

  release("v1.0.0");

  assert.equal(file(), once);
  assert.equal(changelog("check").status, 0);
});

test("a later release leaves the earlier one as it is", () => {
  release("v1.9.0");
  commitRelease("v1.9.0");
  const earlier = file().slice(file().indexOf("## [1.9.0]"));
  commit("perf: faster");

  release("v1.10.0");
  commitRelease("v1.10.0");

  assert.ok(file().endsWith(earlier));
  assert.ok(file().indexOf("## [1.10.0]") < file().indexOf("## [1.9.0]"));
  assert.equal(changelog("check").status, 0);
  assert.equal(changelog("notes", "v1.10.0").output.trim().split("\n").at(-1).replace(/\w{7}\)$/, ""), "- faster (");
});

test("a change below the marker is found", () => {
  release("v1.0.0");
  commitRelease("v1.0.0");
  writeFileSync(join(folder, "CHANGELOG.md"), file().replace("keep the order", "keep order"));

  assert.equal(changelog("check").status, 1);
});

test("a merge as git words it passes", () => {
  git("checkout", "--quiet", "-b", "side");
  commit("fix: beside");
  git("checkout", "--quiet", "main");
  git("merge", "--quiet", "--no-ff", "side");

  assert.equal(changelog("check").status, 0);
});

test("a merge as GitHub words it for a pull request passes", () => {
  commit("Merge 0123456789abcdef0123456789abcdef01234567 into fedcba9876543210fedcba9876543210fedcba98");

  assert.equal(changelog("check").status, 0);
});

for (const message of ["no type at all", "wip: no type of ours", "feat : a blank too many"]) {
  test(`"${message}" is refused and named`, () => {
    commit(message);

    const { status, output } = changelog("check");

    assert.equal(status, 1);
    assert.match(output, new RegExp(message));
  });
}

test("a clone without the history still checks the messages that it has", () => {
  release("v1.0.0");
  commitRelease("v1.0.0");
  const shallow = join(folder, "shallow");
  git("clone", "--quiet", "--depth", "1", `file://${folder}`, shallow);

  const { status, output } = run(process.execPath, [tool, "check"], shallow);

  assert.equal(status, 0, output);
  assert.match(output, /not the whole history/);
});

test("a tag without a section has no notes", () => assert.equal(changelog("notes", "v9.9.9").status, 1));
