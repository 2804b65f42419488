namespace OpenClaw.Core.Storage.Migrations;

/// <summary>What migrations need of an engine besides SQL.</summary>
internal interface ISchemaEngine
{
    /// <summary>A statement in the engine's words: its types for <c>{id}</c> and <c>{blob}</c>.</summary>
    string Dialect(string statement);

    /// <summary>Runs and commits one transaction, one process at a time.</summary>
    T InTurn<T>(Func<ISqlSession, T> unit);

    /// <summary>Before steps touch data of schema <paramref name="number"/>.</summary>
    void KeepCopy(int number);
}
