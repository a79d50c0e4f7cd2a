package io.murmur.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LevelTest {

    @ParameterizedTest
    @EnumSource(Level.Named.class)
    void everyNamedLevelIsReadByItsName(Level.Named level) {
        assertThat(Level.parse(level.name())).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "quorum, QUORUM",
        "Local-Quorum, LOCAL_QUORUM",
        "local_one, LOCAL_ONE",
        "' each-quorum ', EACH_QUORUM",
        "any, ANY"
    })
    void aLevelIsReadAsPeopleWriteIt(String text, Level.Named level) {
        assertThat(Level.parse(text)).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "' 3 ', 3", "255, 255", "007, 7"})
    void aPlainNumberIsALevel(String text, int replicas) {
        assertThat(Level.parse(text)).isEqualTo(new Level.Count(replicas));
    }

    @Test
    void aNumericLevelIsWrittenAsItsNumber() {
        assertThat(Level.parse("2").toString()).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "256", "1000", "99999999999999999999"})
    void aNumberOutsideOneTo255IsRefused(String text) {
        assertThatThrownBy(() -> Level.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "most", "-1", "1.5", "QUORUM!", "\u0662", "LOCAL QUORUM"})
    void anythingElseIsRefusedWithTheLevelsThereAre(String text) {
        assertThatThrownBy(() -> Level.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("EACH_QUORUM");
    }
}
