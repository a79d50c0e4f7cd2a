package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mapdb.DBException;

class TableTest {

    /** A replica whose table counts as damaged serves nothing until it is rebuilt. */
    @Test
    void aHeapThatIsFullIsNotADamagedFile() {
        OutOfMemoryError full = new OutOfMemoryError("planted");

        assertThatThrownBy(() -> Table.broken(7, new DBException.OutOfMemory(full)))
                .isSameAs(full);
    }

    @Test
    void whateverElseMapDbThrowsIs() {
        assertThat(Table.broken(7, new DBException.DataCorruption("planted"))).hasMessageContaining("is damaged");
        assertThat(Table.broken(7, new IllegalStateException("planted"))).hasMessageContaining("is damaged");
    }
}
