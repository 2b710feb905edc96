package io.coordkit.samples.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.coordkit.samples.service.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file with a header, one record per physical line: a stray quote spoils its own line and not the rest of
 * the file. Blank lines are passed over.
 */
final class CsvLines {
    private static final char REPLACEMENT = '\uFFFD';
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private CsvLines() {}

    /** Receives the lines. */
    interface Sink {
        /**
         * One line after the header.
         *
         * @throws MalformedLine if it is of no use
         */
        void accept(int lineNumber, List<String> fields) throws MalformedLine;

        /** A line that was malformed. */
        void malformed(int lineNumber, String why);
    }

    /** A line is of no use. */
    static final class MalformedLine extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedLine(String why) {
            super(why);
        }
    }

    /**
     * Reads the file.
     *
     * @param what what the file is, for messages
     * @throws StartupException if it cannot be read or has another header
     */
    static void read(Path file, String what, String header, Sink sink) {
        if (!Files.isRegularFile(file)) {
            throw new StartupException(what + " file " + file + " does not exist");
        }
        // Bytes that are no UTF-8 become replacement characters, so that they spoil their own line only.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            checkHeader(file, what, header, lines.readLine());
            int columns = header.split(",").length;
            int number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                try {
                    sink.accept(number, fields(line, columns));
                } catch (MalformedLine e) {
                    sink.malformed(number, String.valueOf(e.getMessage()));
                }
            }
        } catch (IOException e) {
            throw new StartupException(what + " file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void checkHeader(Path file, String what, String header, @Nullable String first) {
        String found = first == null ? "" : first.strip();
        if (found.startsWith(BYTE_ORDER_MARK)) {
            found = found.substring(1);
        }
        if (!found.equals(header)) {
            throw new StartupException(what + " file " + file + " must begin with the line '" + header + "'");
        }
    }

    private static List<String> fields(String line, int columns) throws MalformedLine {
        if (line.indexOf(REPLACEMENT) >= 0) {
            throw new MalformedLine("is not valid UTF-8");
        }
        List<String> fields;
        try {
            fields = CsvReader.builder()
                    .allowUnclosedQuote(false)
                    .ofSingleCsvRecord(line)
                    .getFields();
        } catch (CsvParseException e) {
            throw new MalformedLine("is no CSV: " + e.getMessage());
        }
        if (fields.size() != columns) {
            throw new MalformedLine("has " + fields.size() + " fields instead of " + columns);
        }
        return fields.stream().map(String::strip).toList();
    }

    /** A whole number of that field, from {@code min} to {@code max}. */
    static long number(String field, String value, long min, long max) throws MalformedLine {
        if (value.matches("[0-9]{1,15}")) {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new MalformedLine(field + " must be a whole number from " + min + " to " + max + ", was '" + value + "'");
    }

    /** A key: 1 to {@code max} printable ASCII characters without spaces. */
    static String key(String field, String value, int max) throws MalformedLine {
        if (!value.matches("[!-~]{1," + max + "}")) {
            throw new MalformedLine(
                    field + " must be 1 to " + max + " printable ASCII characters without spaces, was '" + value + "'");
        }
        return value;
    }
}
