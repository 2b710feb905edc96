package io.coordkit.lock.redlock.model;

/**
 * A node, and what the clients have from it.
 *
 * @param holder the client it has voted for, or {@link #NOBODY}
 * @param value at which value
 * @param expiresAt when that vote expires
 * @param mark the highest value it remembers to have voted for
 * @param votesFrom the time from which it votes
 * @param notes for each client, whether the node has voted for, or renewed, what the client is waiting for
 */
record ModelNode(int holder, int value, int expiresAt, int mark, int votesFrom, int notes)
        implements Comparable<ModelNode> {
    static final int NOBODY = -1;
    static final ModelNode NEW = new ModelNode(NOBODY, 0, 0, 0, 0, 0);

    private static final int VOTED = 1;
    private static final int RENEWED = 4;

    boolean isFree() {
        return holder == NOBODY;
    }

    boolean mayVote(int now) {
        return now >= votesFrom;
    }

    boolean hasVote(int client, int atValue) {
        return holder == client && value == atValue;
    }

    ModelNode vote(int client, int atValue, int until) {
        return new ModelNode(client, atValue, until, Math.max(mark, atValue), votesFrom, notes);
    }

    ModelNode extend(int until) {
        return new ModelNode(holder, value, until, mark, votesFrom, notes);
    }

    ModelNode free() {
        return new ModelNode(NOBODY, 0, 0, mark, votesFrom, notes);
    }

    /** Without its data. What it has answered before still counts. */
    ModelNode restart(int nowVotesFrom) {
        return new ModelNode(NOBODY, 0, 0, 0, nowVotesFrom, notes);
    }

    /** Votes expire, and what has been waited for is forgotten. */
    ModelNode at(int now) {
        ModelNode kept = !isFree() && now >= expiresAt ? free() : this;
        return kept.votesFrom > 0 && kept.mayVote(now)
                ? new ModelNode(kept.holder, kept.value, kept.expiresAt, kept.mark, 0, kept.notes)
                : kept;
    }

    boolean hasAnswered(int client) {
        return has(VOTED << client);
    }

    boolean hasRenewed(int client) {
        return has(RENEWED << client);
    }

    ModelNode answered(int client) {
        return noted(notes | VOTED << client);
    }

    ModelNode renewed(int client) {
        return noted(notes | RENEWED << client);
    }

    /** The client has moved on: answers to what it asked before are ignored. */
    ModelNode ignored(int client) {
        return noted(notes & ~((VOTED | RENEWED) << client));
    }

    private boolean has(int bit) {
        return (notes & bit) != 0;
    }

    private ModelNode noted(int newNotes) {
        return newNotes == notes ? this : new ModelNode(holder, value, expiresAt, mark, votesFrom, newNotes);
    }

    @Override
    public int compareTo(ModelNode other) {
        return Long.compare(bits(), other.bits());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits());
    }

    /** All of it: no component needs more than eight bits. */
    private long bits() {
        return (((((long) holder + 1) << 8 | value) << 8 | expiresAt) << 8 | mark) << 16
                | (long) votesFrom << 8
                | notes;
    }
}
