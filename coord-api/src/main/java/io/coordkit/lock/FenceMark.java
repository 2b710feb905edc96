package io.coordkit.lock;

import java.util.Locale;

/**
 * The era and the token that a fence remembers, as text: of two marks the one of the newer holder sorts last, character
 * by character and byte by byte. For fences in stores that compare no numbers of 64 bits.
 */
public final class FenceMark {
    private FenceMark() {}

    /**
     * The mark of that holder, 30 characters long.
     *
     * @param era of the lock store, 0 or greater: raised when it is replaced, restored or rebuilt
     * @throws IllegalArgumentException if the era is negative
     */
    public static String of(int era, Hold hold) {
        return String.format(Locale.ROOT, "%010d:%019d", checkEra(era), hold.token());
    }

    /**
     * The era, if it is one.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static int checkEra(int era) {
        if (era < 0) {
            throw new IllegalArgumentException("era must be 0 or greater, was " + era);
        }
        return era;
    }
}
