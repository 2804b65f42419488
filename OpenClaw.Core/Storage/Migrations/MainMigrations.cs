namespace OpenClaw.Core.Storage.Migrations;

/// <summary>
/// The schema of the main database. Times are UTC microseconds; a column that ends in <c>_enc</c> is encrypted with the row's
/// <c>key_id</c>; <c>blind</c> columns are HMAC indexes. No column holds a text, a name, a number or a chat id in clear.
/// </summary>
internal static class MainMigrations
{
    public static readonly IReadOnlyList<Migration> All =
    [
        new(1, "people, lanes, inbound, turns, outbox, history",
        [
            "CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
            """
            CREATE TABLE people (
                person_id     {id},
                key_id        BIGINT NOT NULL,
                locale        TEXT NOT NULL,
                time_zone     TEXT NOT NULL,
                name_enc      {blob},
                tokens        DOUBLE PRECISION NOT NULL DEFAULT -1,  -- rate limit bucket; -1 = full
                tokens_at     BIGINT NOT NULL DEFAULT 0,
                merged_into   BIGINT,
                created_at    BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE person_ids (
                blind       {blob} NOT NULL PRIMARY KEY,
                person_id   BIGINT NOT NULL REFERENCES people (person_id),
                kind        TEXT NOT NULL,                           -- phone | lid
                key_id      BIGINT NOT NULL,
                value_enc   {blob} NOT NULL
            )
            """,
            "CREATE INDEX person_ids_person ON person_ids (person_id)",
            """
            CREATE TABLE lanes (
                lane_id      {id},
                owner        {blob} NOT NULL UNIQUE,                 -- blind: session + person, or session + group
                session      TEXT NOT NULL,
                is_group     BIGINT NOT NULL,
                person_id    BIGINT,                                 -- direct lanes
                key_id       BIGINT NOT NULL,
                chat_enc     {blob} NOT NULL,
                fence        BIGINT NOT NULL DEFAULT 0,
                solo_left    BIGINT NOT NULL DEFAULT 0,              -- messages to take one by one after a burst failed twice
                high_order   BIGINT NOT NULL DEFAULT 0,              -- newest message that was answered
                tokens       DOUBLE PRECISION NOT NULL DEFAULT -1,
                tokens_at    BIGINT NOT NULL DEFAULT 0,
                noticed_at   BIGINT NOT NULL DEFAULT 0,              -- last rate limit notice
                created_at   BIGINT NOT NULL
            )
            """,
            "CREATE INDEX lanes_person ON lanes (person_id)",
            """
            CREATE TABLE lane_schedule (
                lane_id      BIGINT NOT NULL PRIMARY KEY,
                ready_at     BIGINT,
                token        BIGINT,
                lease_until  BIGINT
            )
            """,
            "CREATE INDEX lane_schedule_ready ON lane_schedule (ready_at) WHERE ready_at IS NOT NULL",
            "CREATE INDEX lane_schedule_leased ON lane_schedule (lease_until) WHERE token IS NOT NULL",
            """
            CREATE TABLE inbound (
                inbound_id    {id},
                dedupe        {blob} NOT NULL UNIQUE,                -- blind: session + raw id + fromMe
                repeat_key    {blob} UNIQUE,                         -- blind: chat + reason + minute, of rows that keep no text
                repeats       BIGINT NOT NULL DEFAULT 0,
                lane_id       BIGINT,
                person_id     BIGINT,
                key_id        BIGINT,
                session       TEXT NOT NULL,
                state         TEXT NOT NULL,
                reason        TEXT,
                order_at      BIGINT NOT NULL,                       -- payload timestamp
                envelope_at   BIGINT NOT NULL,
                arrived_at    BIGINT NOT NULL,
                late          BIGINT NOT NULL DEFAULT 0,
                content_enc   {blob},
                request_id    TEXT NOT NULL,
                trace_parent  TEXT,
                turn_id       BIGINT,
                turned_at     BIGINT,
                sent_at       BIGINT,
                delivered_at  BIGINT
            )
            """,
            "CREATE INDEX inbound_pending ON inbound (lane_id, order_at, envelope_at, inbound_id) WHERE state = 'pending'",
            "CREATE INDEX inbound_held ON inbound (inbound_id) WHERE state = 'held'",
            "CREATE INDEX inbound_turn ON inbound (turn_id) WHERE turn_id IS NOT NULL",
            """
            CREATE TABLE turns (
                turn_id       {id},
                lane_id       BIGINT NOT NULL REFERENCES lanes (lane_id),
                person_id     BIGINT NOT NULL,
                key_id        BIGINT NOT NULL,
                state         TEXT NOT NULL,                         -- running | replied | dead
                reason        TEXT,
                fence         BIGINT NOT NULL,
                attempts      BIGINT NOT NULL DEFAULT 1,             -- committed when an attempt starts
                failures      BIGINT NOT NULL DEFAULT 0,
                not_before    BIGINT NOT NULL DEFAULT 0,
                reference     TEXT NOT NULL,                         -- short code shown to people
                created_at    BIGINT NOT NULL,
                replied_at    BIGINT
            )
            """,
            "CREATE INDEX turns_running ON turns (lane_id) WHERE state = 'running'",
            """
            CREATE TABLE turn_steps (
                turn_id      BIGINT NOT NULL REFERENCES turns (turn_id),
                step         BIGINT NOT NULL,
                kind         TEXT NOT NULL,                          -- model | started | done
                call_id      TEXT,
                key_id       BIGINT NOT NULL,
                content_enc  {blob} NOT NULL,
                created_at   BIGINT NOT NULL,
                PRIMARY KEY (turn_id, step)
            )
            """,
            """
            CREATE TABLE outbox (
                outbox_id     {id},
                lane_id       BIGINT NOT NULL REFERENCES lanes (lane_id),
                turn_id       BIGINT,
                kind          TEXT NOT NULL,                         -- reply | apology | notice
                state         TEXT NOT NULL,                         -- queued | sending | accepted | dead
                reason        TEXT,
                key_id        BIGINT NOT NULL,
                content_enc   {blob} NOT NULL,
                session       TEXT NOT NULL,
                last_of_turn  BIGINT NOT NULL DEFAULT 0,
                not_before    BIGINT NOT NULL DEFAULT 0,
                fence         BIGINT NOT NULL DEFAULT 0,             -- of the claim
                claimed_at    BIGINT,
                deadline      BIGINT,
                attempts      BIGINT NOT NULL DEFAULT 0,
                absent_at     BIGINT,                                -- first read that did not find an uncertain bubble
                raw_id        TEXT,
                ack           BIGINT NOT NULL DEFAULT 0,             -- 1 server, 2 device, 3 read, 4 played
                created_at    BIGINT NOT NULL,
                accepted_at   BIGINT
            )
            """,
            "CREATE INDEX outbox_unsent ON outbox (lane_id, outbox_id) WHERE state IN ('queued', 'sending')",
            "CREATE UNIQUE INDEX outbox_raw_id ON outbox (session, raw_id) WHERE raw_id IS NOT NULL",
            "CREATE INDEX outbox_turn ON outbox (turn_id) WHERE turn_id IS NOT NULL",
            """
            CREATE TABLE conversation (
                entry_id     {id},
                lane_id      BIGINT NOT NULL REFERENCES lanes (lane_id),
                person_id    BIGINT NOT NULL,
                role         TEXT NOT NULL,                          -- user | assistant
                order_at     BIGINT NOT NULL,
                tokens       BIGINT NOT NULL,
                key_id       BIGINT NOT NULL,
                content_enc  {blob} NOT NULL
            )
            """,
            "CREATE INDEX conversation_lane ON conversation (lane_id, order_at, entry_id)",
            """
            CREATE TABLE chat_events (
                event_id     {id},
                dedupe       {blob} NOT NULL UNIQUE,
                session      TEXT NOT NULL,
                kind         TEXT NOT NULL,                          -- own_echo | own_message | reaction
                chat_blind   {blob} NOT NULL,
                key_id       BIGINT NOT NULL,
                content_enc  {blob} NOT NULL,
                order_at     BIGINT NOT NULL,
                arrived_at   BIGINT NOT NULL
            )
            """,
            "CREATE INDEX chat_events_chat ON chat_events (chat_blind, order_at)",
            """
            CREATE TABLE acks (
                session     TEXT NOT NULL,
                raw_id      TEXT NOT NULL,
                level       BIGINT NOT NULL,
                arrived_at  BIGINT NOT NULL,
                PRIMARY KEY (session, raw_id)
            )
            """,
            """
            CREATE TABLE sessions (
                session           TEXT NOT NULL PRIMARY KEY,
                status            TEXT NOT NULL,
                status_at         BIGINT NOT NULL,
                first_working_at  BIGINT,
                key_id            BIGINT NOT NULL,
                account_enc       {blob}
            )
            """,
            """
            CREATE TABLE skill_audit (
                audit_id       {id},
                person_id      BIGINT NOT NULL,
                lane_id        BIGINT NOT NULL,
                skill          TEXT NOT NULL,
                effect         TEXT NOT NULL,
                key_id         BIGINT NOT NULL,
                arguments_enc  {blob} NOT NULL,
                started_at     BIGINT NOT NULL,
                status         TEXT,                                 -- null = never came back
                detail         TEXT,
                duration       BIGINT
            )
            """,
            "CREATE INDEX skill_audit_person ON skill_audit (person_id, started_at)",
        ]),
        new(2, "sends that ended nobody knows how",
        [
            // Claims whose end nobody knew; attempts counts the waits for WAHA too.
            "ALTER TABLE outbox ADD COLUMN uncertain BIGINT NOT NULL DEFAULT 0",
        ]),
        new(3, "leaders of once-only jobs",
        [
            "CREATE TABLE job_leases (job TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, lease_until BIGINT NOT NULL)",
        ]),
        new(4, "dead letters that can be replayed",
        [
            "ALTER TABLE turns ADD COLUMN dead_at BIGINT",
            "ALTER TABLE turns ADD COLUMN replays BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE turns ADD COLUMN replayed_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN dead_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN replays BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE outbox ADD COLUMN replayed_at BIGINT",
            // A send whose end nobody knew was found in the chat.
            "ALTER TABLE outbox ADD COLUMN found BIGINT NOT NULL DEFAULT 0",
            "UPDATE turns SET dead_at = created_at WHERE state = 'dead'",
            "UPDATE outbox SET dead_at = created_at WHERE state = 'dead'",
            "CREATE INDEX turns_dead ON turns (turn_id) WHERE state = 'dead'",
            "CREATE INDEX outbox_dead ON outbox (outbox_id) WHERE state = 'dead'",
            // Only of turns whose code a person was told: the others cost nothing.
            "CREATE INDEX turns_reference ON turns (reference) WHERE dead_at IS NOT NULL",
        ]),
        new(5, "how sends were settled, and when they were acknowledged",
        [
            // plain | found | absent_resent | unproven_resent | held; null = open, or of a time when nobody noted it. A raw_id may be set from the claim on.
            "ALTER TABLE outbox ADD COLUMN settlement TEXT",
            // When each level was known first: by its own ack, or by a higher one.
            "ALTER TABLE outbox ADD COLUMN server_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN device_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN read_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN error_at BIGINT",
            "ALTER TABLE acks ADD COLUMN server_at BIGINT",
            "ALTER TABLE acks ADD COLUMN device_at BIGINT",
            "ALTER TABLE acks ADD COLUMN read_at BIGINT",
            "ALTER TABLE acks ADD COLUMN error_at BIGINT",
            "CREATE INDEX outbox_accepted ON outbox (session, accepted_at) WHERE accepted_at IS NOT NULL",
            "CREATE INDEX acks_arrived ON acks (arrived_at)",
        ]),
        new(6, "how far WAHA's history is known, and what of it is lost",
        [
            """
            CREATE TABLE history_marks (
                session       TEXT NOT NULL PRIMARY KEY,
                connected_at  BIGINT NOT NULL,                       -- first seen at work; what is older is not answered
                complete_to   BIGINT NOT NULL                        -- every message up to here came through the door, or is in a gap
            )
            """,
            """
            CREATE TABLE history_gaps (
                gap_id    {id},
                session   TEXT NOT NULL,
                from_at   BIGINT NOT NULL,
                to_at     BIGINT NOT NULL,
                reason    TEXT NOT NULL,
                chats     BIGINT,                                    -- how many; null = not known
                noted_at  BIGINT NOT NULL
            )
            """,
            // Sessions that are served already: what came while the newer version was being installed is read, too.
            """
            INSERT INTO history_marks (session, connected_at, complete_to)
            SELECT session, MIN(arrived_at), MAX(arrived_at) FROM inbound WHERE person_id IS NOT NULL GROUP BY session
            """,
        ]),
        new(7, "chats in which a human answers",
        [
            // The bot keeps out until then; the end of time = until somebody says /bot on.
            "ALTER TABLE lanes ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0",
            // Time of the last /bot on or off: own messages up to then start no pause.
            "ALTER TABLE lanes ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0",
            // Messages of our account that came while a bubble of the chat was being sent: the bubble itself, or a human.
            """
            CREATE TABLE own_undecided (
                session  TEXT NOT NULL,
                raw_id   TEXT NOT NULL,
                lane_id  BIGINT NOT NULL,
                sent_at  BIGINT NOT NULL,
                PRIMARY KEY (session, raw_id)
            )
            """,
            "CREATE INDEX own_undecided_lane ON own_undecided (lane_id)",
        ]),
        new(8, "WhatsApp's limits on an account, and how healthy it is",
        [
            """
            CREATE TABLE account_limits (
                session   TEXT NOT NULL,
                name      TEXT NOT NULL,                             -- timelock | capping
                source    TEXT NOT NULL,                             -- refused = a send was; told = by WAHA
                stage     BIGINT NOT NULL,                           -- 1 warned, 2 in force
                noted_at  BIGINT NOT NULL,
                until_at  BIGINT NOT NULL,
                PRIMARY KEY (session, name, source)
            )
            """,
            // Statuses are told again and change among themselves; this stays until it works.
            "ALTER TABLE sessions ADD COLUMN down_since BIGINT",
            // The level that was told last: 0 green, 1 amber, 2 red.
            "CREATE TABLE account_levels (session TEXT NOT NULL PRIMARY KEY, level BIGINT NOT NULL, since BIGINT NOT NULL)",
        ]),
        new(9, "how many bubbles go out in an hour, and which of several sessions answers a group",
        [
            """
            CREATE TABLE group_owners (
                group_blind  {blob} NOT NULL PRIMARY KEY,
                session      TEXT NOT NULL,                          -- that answers there
                since        BIGINT NOT NULL,
                unheard_at   BIGINT                                  -- since when others hear messages there and it does not
            )
            """,
            // Buckets; below zero are places that were given out ahead.
            """
            CREATE TABLE bubble_budgets (
                kind       TEXT NOT NULL,                            -- chat | session
                lane_id    BIGINT NOT NULL,                          -- of chat; else 0
                session    TEXT NOT NULL,                            -- of session; else empty
                tokens     DOUBLE PRECISION NOT NULL,
                tokens_at  BIGINT NOT NULL,
                PRIMARY KEY (kind, lane_id, session)
            )
            """,
            // 1 = its place in the budget is taken, and comes with not_before.
            "ALTER TABLE outbox ADD COLUMN booked BIGINT NOT NULL DEFAULT 0",
            // Since when it first had to wait for a budget, and for which (chat | session).
            "ALTER TABLE outbox ADD COLUMN budget_at BIGINT",
            "ALTER TABLE outbox ADD COLUMN budget TEXT",
            // Of a notice that waits for the budget: until then the lane's work goes past it.
            "ALTER TABLE outbox ADD COLUMN yields_until BIGINT NOT NULL DEFAULT 0",
        ]),
        new(10, "work that waits for its time",
        [
            """
            CREATE TABLE scheduled_jobs (
                job_id        {id},
                kind          TEXT NOT NULL,                         -- reminder
                number        BIGINT NOT NULL,                       -- what the person calls it by
                person_id     BIGINT NOT NULL,
                lane_id       BIGINT NOT NULL REFERENCES lanes (lane_id),
                state         TEXT NOT NULL,                         -- scheduled | done | dead | cancelled | discarded
                reason        TEXT,                                  -- why it is dead, or why it waits beyond its time
                due_at        BIGINT NOT NULL,
                next_at       BIGINT NOT NULL,                       -- when somebody may take it: due, after a failure, or when a lease has ended
                lease_until   BIGINT NOT NULL DEFAULT 0,
                fence         BIGINT NOT NULL DEFAULT 0,             -- raised by whoever takes it
                attempts      BIGINT NOT NULL DEFAULT 0,             -- committed when it is taken
                failures      BIGINT NOT NULL DEFAULT 0,
                key_id        BIGINT NOT NULL,
                payload_enc   {blob},
                bubble_id     BIGINT,                                -- what it said
                late          BIGINT NOT NULL DEFAULT 0,             -- it was said late, and counts for the catch-up
                replays       BIGINT NOT NULL DEFAULT 0,
                trace_parent  TEXT,
                created_at    BIGINT NOT NULL,
                ended_at      BIGINT,
                died_at       BIGINT,
                replayed_at   BIGINT
            )
            """,
            "CREATE INDEX scheduled_jobs_due ON scheduled_jobs (next_at, due_at, job_id) WHERE state = 'scheduled'",
            "CREATE UNIQUE INDEX scheduled_jobs_person ON scheduled_jobs (lane_id, person_id, number)",
            "CREATE INDEX scheduled_jobs_late ON scheduled_jobs (lane_id, ended_at) WHERE late = 1",
            "CREATE INDEX scheduled_jobs_bubble ON scheduled_jobs (bubble_id) WHERE bubble_id IS NOT NULL",
            "CREATE INDEX scheduled_jobs_ended ON scheduled_jobs (ended_at) WHERE ended_at IS NOT NULL",
            "CREATE INDEX scheduled_jobs_dead ON scheduled_jobs (job_id) WHERE state = 'dead'",
        ]),
        new(11, "when something last flowed through a session",
        [
            // Written twice a minute at most, not with each event.
            """
            CREATE TABLE session_flow (
                session      TEXT NOT NULL PRIMARY KEY,
                event_at     BIGINT,                                 -- any webhook
                message_at   BIGINT,                                 -- a webhook with a message
                probe_at     BIGINT,                                 -- WAHA answered the session keeper
                compared_at  BIGINT,                                 -- with WAHA's history
                missed_at    BIGINT                                  -- when the newest message was written that no webhook delivered
            )
            """,
        ]),
        new(12, "whose answer a line of a chat is, and when a human wrote last",
        [
            // An answer that was never said is taken out again: exactly its own line. Null = a line from before, or one of no turn.
            "ALTER TABLE conversation ADD COLUMN turn_id BIGINT",
            // WhatsApp's time of the newest message that a human wrote from our account: what was asked before it is answered.
            "ALTER TABLE lanes ADD COLUMN human_at BIGINT NOT NULL DEFAULT 0",
        ]),
        new(13, "what a human wrote by hand, and chats that could not be read back",
        [
            // Blind, of a line that a human wrote from our account: told twice, it is said once.
            "ALTER TABLE conversation ADD COLUMN dedupe {blob}",
            "CREATE UNIQUE INDEX conversation_dedupe ON conversation (dedupe) WHERE dedupe IS NOT NULL",
            // The line that it becomes when a human wrote it. Null = one from before.
            "ALTER TABLE own_undecided ADD COLUMN dedupe {blob}",
            "ALTER TABLE own_undecided ADD COLUMN tokens BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE own_undecided ADD COLUMN key_id BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE own_undecided ADD COLUMN content_enc {blob}",
            """
            CREATE TABLE unreadable_chats (
                chat_blind  {blob} NOT NULL PRIMARY KEY,              -- session + chat
                session     TEXT NOT NULL,
                key_id      BIGINT NOT NULL,
                chat_enc    {blob} NOT NULL,
                since_at    BIGINT NOT NULL,                         -- from when on it has to be read
                retry_at    BIGINT NOT NULL,
                told        BIGINT NOT NULL DEFAULT 0                -- 1 = it is in a recorded gap
            )
            """,
            "CREATE INDEX unreadable_chats_session ON unreadable_chats (session)",
        ]),
        new(14, "bubbles that WAHA took without an id, and what was told of sessions that are down",
        [
            // Empty wherever WAHA tells the ids of what it takes.
            "CREATE INDEX outbox_unnamed ON outbox (session, claimed_at) WHERE state = 'accepted' AND raw_id IS NULL",
            """
            CREATE TABLE session_told (
                session     TEXT NOT NULL,
                what        TEXT NOT NULL,                           -- a word for each line and each message
                down_since  BIGINT NOT NULL,                         -- of which time without work it was said
                PRIMARY KEY (session, what)
            )
            """,
        ]),
    ];
}
