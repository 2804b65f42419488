using OpenClaw.Core.Security;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.People;

/// <summary>Which key belongs to a chat that may have no lane and no person yet: WAHA lists it, and nobody there was ever let in.</summary>
public sealed class ChatKeys(KeyRing keys, PeopleDirectory people)
{
    /// <summary>
    /// The key of the person or of the group. Of somebody who is not known it is the one that a record of theirs would get: no record is made
    /// for a chat that only could not be read. Commits where it is new.
    /// </summary>
    /// <param name="chat">A person's, by number or hidden id, or a group.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another kind of chat.</exception>
    public async Task<DataKeyId> EnsureAsync(ChatId chat, CancellationToken cancellationToken)
    {
        if (chat.Kind == ChatKind.Group)
            return await EnsureGroupAsync(chat.User, cancellationToken);
        var partner = chat.Kind switch
        {
            ChatKind.Person => new SenderIdentity(chat.User, null),
            ChatKind.Lid => new SenderIdentity(null, chat.User),
            _ => throw new ArgumentOutOfRangeException(nameof(chat), chat.Kind, "Neither a person nor a group."),
        };
        return await people.FindAsync(partner, cancellationToken) is { } known ? known.Key : await keys.EnsureAsync(people.KeyOwner(partner), cancellationToken);
    }

    /// <summary>The key of a group.</summary>
    /// <param name="group">The part of its id before the <c>@</c>.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task<DataKeyId> EnsureGroupAsync(string group, CancellationToken cancellationToken) => keys.EnsureAsync(keys.Blind("group", group), cancellationToken);
}
