package io.coordkit.id;

import java.util.Arrays;

/**
 * Ids as short text. All texts of a format have the same length, and compare as their ids do where the format says so.
 * Immutable and thread-safe.
 *
 * <p>With a check digit ({@link #withCheckDigit}) one wrong character is always found, and so are two neighbours that
 * have changed places, save for the first and the last character of the alphabet (Luhn's algorithm modulo the size of the
 * alphabet).
 */
public final class IdText {
    private static final int ASCII = 128;
    private static final int NO_DIGIT = -1;
    private static final int IGNORED = -2;

    private final String alphabet;
    private final int[] values;
    private final int width;
    private final String prefix;
    private final boolean checked;

    private IdText(String alphabet, int[] values, int width, String prefix, boolean checked) {
        this.alphabet = alphabet;
        this.values = values;
        this.width = width;
        this.prefix = prefix;
        this.checked = checked;
    }

    /** Eleven digits and letters, upper case before lower case; texts compare (by character) as their ids do. */
    public static IdText base62() {
        String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        return new IdText(alphabet, values(alphabet), 11, "", false);
    }

    /**
     * Thirteen digits and letters without I, L, O and U, in Douglas Crockford's base 32; texts compare as their ids do.
     * Read without regard to case and hyphens, with I and L as 1 and O as 0: for what people read out and type in.
     */
    public static IdText crockford32() {
        String alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        int[] values = values(alphabet);
        for (int i = 10; i < alphabet.length(); i++) {
            values[alphabet.charAt(i) + ('a' - 'A')] = i;
        }
        values['I'] = 1;
        values['i'] = 1;
        values['L'] = 1;
        values['l'] = 1;
        values['O'] = 0;
        values['o'] = 0;
        values['-'] = IGNORED;
        return new IdText(alphabet, values, 13, "", false);
    }

    private static int[] values(String alphabet) {
        int[] values = new int[ASCII];
        Arrays.fill(values, NO_DIGIT);
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = i;
        }
        return values;
    }

    /** The same after a prefix that tells what the id is of, for example {@code ord_}. */
    public IdText withPrefix(String newPrefix) {
        return new IdText(alphabet, values, width, newPrefix, checked);
    }

    /** The same with one more character, by which a misread id is found out. */
    public IdText withCheckDigit() {
        return new IdText(alphabet, values, width, prefix, true);
    }

    /**
     * The id as text.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public String encode(long id) {
        if (id < 0) {
            throw new IllegalArgumentException("id must not be negative, was " + id);
        }
        char[] text = new char[width];
        long left = id;
        for (int i = width - 1; i >= 0; i--) {
            text[i] = alphabet.charAt((int) (left % alphabet.length()));
            left /= alphabet.length();
        }
        String digits = new String(text);
        return prefix + digits + (checked ? alphabet.charAt(checkDigit(digits)) : "");
    }

    /**
     * The id of a text.
     *
     * @throws IllegalArgumentException if it is not one of this format, or its check digit is wrong
     */
    public long decode(String text) {
        if (!text.startsWith(prefix)) {
            throw new IllegalArgumentException("id must begin with '" + prefix + "', was '" + text + "'");
        }
        StringBuilder digits = new StringBuilder();
        for (int i = prefix.length(); i < text.length(); i++) {
            char character = text.charAt(i);
            int value = character < ASCII ? values[character] : NO_DIGIT;
            if (value == NO_DIGIT) {
                throw new IllegalArgumentException("id has a character that is no digit, was '" + text + "'");
            }
            if (value != IGNORED) {
                digits.append(alphabet.charAt(value));
            }
        }
        if (digits.length() != width + (checked ? 1 : 0)) {
            throw new IllegalArgumentException(
                    "id must have " + (width + (checked ? 1 : 0)) + " digits, was '" + text + "'");
        }
        String number = digits.substring(0, width);
        if (checked && alphabet.charAt(checkDigit(number)) != digits.charAt(width)) {
            throw new IllegalArgumentException("id has a wrong check digit, was '" + text + "'");
        }
        try {
            long id = 0;
            for (int i = 0; i < width; i++) {
                id = Math.addExact(Math.multiplyExact(id, alphabet.length()), values[number.charAt(i)]);
            }
            return id;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("id is greater than there are, was '" + text + "'", e);
        }
    }

    private int checkDigit(String digits) {
        int base = alphabet.length();
        int sum = 0;
        for (int i = digits.length() - 1, factor = 2; i >= 0; i--, factor = 3 - factor) {
            int product = factor * values[digits.charAt(i)];
            sum += product / base + product % base;
        }
        return (base - sum % base) % base;
    }
}
