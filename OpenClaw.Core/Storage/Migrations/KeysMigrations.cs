namespace OpenClaw.Core.Storage.Migrations;

/// <summary>The schema of the keys database.</summary>
internal static class KeysMigrations
{
    public static readonly IReadOnlyList<Migration> All =
    [
        new(1, "data keys and tombstones",
        [
            """
            CREATE TABLE data_keys (
                key_id       {id},
                owner        {blob} NOT NULL,      -- blind index of the person or group
                wrapped      {blob} NOT NULL,      -- AES-256-GCM under the master key
                created_at   BIGINT NOT NULL,
                destroyed_at BIGINT
            )
            """,
            "CREATE UNIQUE INDEX data_keys_live_owner ON data_keys (owner) WHERE destroyed_at IS NULL",
            """
            CREATE TABLE tombstones (
                owner      {blob} NOT NULL PRIMARY KEY,
                erased_at  BIGINT NOT NULL
            )
            """,
        ]),
    ];
}
