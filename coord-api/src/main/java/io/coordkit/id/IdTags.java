package io.coordkit.id;

/**
 * What a tag may look like: 1 to 128 characters, without control characters and without white space at either end, which
 * databases may ignore when they compare. Everything else counts: {@code Order} and {@code order} are two tags.
 */
public final class IdTags {
    private static final int MAX_LENGTH = 128;

    private IdTags() {}

    /**
     * The same tag, if it is one.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static String require(String tag) {
        if (tag.isEmpty() || tag.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "tag must have 1 to " + MAX_LENGTH + " characters, had " + tag.length() + ": '" + tag + "'");
        }
        if (!tag.equals(tag.strip()) || tag.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "tag must have no control characters and no white space at its ends, was '" + tag + "'");
        }
        return tag;
    }
}
