package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.transport.ClientConnection;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants done, on its way into the log, with its return address. Immutable.
 *
 * @param connection   where the answer goes
 * @param id           the request's number there
 * @param deadlineNs   when its client stops waiting
 * @param want         what is wanted
 * @param session      the session that the connection named; null without one
 * @param serial       of a command in a session; otherwise 0
 * @param lowestWanted of a command in a session: the lowest serial that the client still wants; otherwise 0
 * @param payload      what the entry will hold: the command, or a record body
 */
record Pending(ClientConnection connection, long id, long deadlineNs, Want want, @Nullable NamedSession session,
        long serial, long lowestWanted, Bytes payload) {

    /** What is wanted. */
    enum Want {
        /** A command is to be executed. */
        COMMAND(EntryType.COMMAND),
        /** A session is to be opened. */
        OPENING(EntryType.SESSION),
        /** A session is to be closed. */
        CLOSING(EntryType.SESSION),
        /** Sessions are to live on; the leader's own. */
        RENEWAL(EntryType.SESSION),
        /** Whether a session is there; an entry only if a leader must find out how far its log goes. */
        NAMING(EntryType.SESSION);

        private final EntryType type;

        Want(EntryType type) {
            this.type = type;
        }
    }

    /** A command outside of any session. */
    static Pending command(ClientConnection connection, long id, long deadlineNs, Bytes command) {
        return new Pending(connection, id, deadlineNs, Want.COMMAND, null, 0, 0, command);
    }

    /** The entry that it becomes. */
    LogEntry entry(long index, long term, long stampMs) {
        long sessionId = session == null || want != Want.COMMAND ? 0 : session.id();
        return new LogEntry(index, term, stampMs, want.type, sessionId, serial, (int) (serial - lowestWanted), payload);
    }

    /** The same for who only waits: what it wants is in an entry already. */
    Pending withoutPayload() {
        return new Pending(connection, id, deadlineNs, want, session, serial, lowestWanted, Bytes.EMPTY);
    }

    /** Whether its client may still be there. */
    boolean isHeard() {
        return connection.isOpen();
    }

    /** Tells its client; a session that is open is named by the connection from then on. */
    void answer(Answer answer, Replies replies) {
        if (answer instanceof Answer.Opened opened && session != null) {
            session.opened(opened.session());
        }
        boolean isFoundOut = want == Want.NAMING && session != null && answer instanceof Answer.Executed;
        replies.add(connection, (isFoundOut ? found(session, (Answer.Executed) answer) : answer).to(id));
    }

    /** An entry of this leader is applied: a session whose opening would stand behind it is nowhere. */
    private static Answer found(NamedSession session, Answer.Executed entry) {
        return session.id() > entry.index() ? Answer.EXPIRED : SessionDoor.NOT_APPLIED;
    }

    /** Whether the connection would have had to name a session, and has not. */
    boolean isAboutNoSession() {
        return (session == null || session.id() == 0) && (serial != 0 || want == Want.CLOSING);
    }

    /** Whether it is a command of a session. */
    boolean isInSession() {
        return serial != 0;
    }

    /** Whether its client may send it again whatever became of it. */
    boolean mayComeAgain() {
        return isInSession() || want != Want.COMMAND;
    }
}
