namespace OpenClaw.Core.Storage.Migrations;

/// <summary>One forward step of a schema. Applied once, in order, in a transaction; never edited after it was released.</summary>
/// <param name="Number">1, 2, 3 ...</param>
/// <param name="Title">What it brings, a few words.</param>
/// <param name="Statements">SQL; <c>{id}</c> stands for the engine's generated 64-bit key and <c>{blob}</c> for its byte type.</param>
internal sealed record Migration(int Number, string Title, IReadOnlyList<string> Statements);
