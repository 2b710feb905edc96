package io.coordkit.samples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbPasswordTest {
    @TempDir
    private Path directory = Path.of("unset");

    @Test
    void password_isTheVariable_orTheFirstLineOfTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "s3cret word\nignored\n");

        assertThat(DbPassword.from(null, null)).isEmpty();
        assertThat(DbPassword.from("s3cret", null)).contains("s3cret");
        assertThat(DbPassword.from(null, file)).contains("s3cret word");
    }

    @Test
    void bothOfThem_areRefused_withoutThePassword() {
        Path file = directory.resolve("password");

        assertThatThrownBy(() -> DbPassword.from("s3cret", file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(DbPassword.VARIABLE)
                .hasMessageContaining("--db-password-file")
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void unreadableFile_isRefused() {
        Path file = directory.resolve("missing");

        assertThatThrownBy(() -> DbPassword.from(null, file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("--db-password-file '" + file + "'");
    }

    @Test
    void database_doesNotTellItsPassword() {
        MySqlUrl url = MySqlUrl.parse("--db-url", "jdbc:mysql://127.0.0.1:1/orders");
        Database database = new MySqlDatabase("--db-url", url, Optional.of("ann"), Optional.of("s3cret"));

        assertThat(database.toString()).doesNotContain("s3cret");
        assertThatThrownBy(database::open)
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("--db-url: database jdbc:mysql://127.0.0.1:1/orders cannot be opened")
                .hasMessageNotContaining("s3cret");
    }
}
