package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Storage.StorageFault;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

    /** A node that may open no further file must not give up all of its own. */
    @Test
    void whatTheMachineRefusesToOpenIsNotADamagedFile() {
        assertThat(Table.broken(
                        7, new DBException.VolumeIOError(new FileSystemException("7", null, "Too many open files"))))
                .isNotInstanceOf(DamagedTableException.class);
        assertThat(DamagedTableException.isOfTheMachine(new NoSuchFileException("7")))
                .isFalse();
        assertThat(DamagedTableException.isOfTheMachine(new IOException("Map failed", new OutOfMemoryError("planted"))))
                .isTrue();
        assertThat(Table.broken(7, new DBException.DataCorruption("planted")))
                .isInstanceOf(DamagedTableException.class);
    }

    @Test
    void onlyADamagedFileMakesTheReplicaAnswerThatItIsDamaged() {
        assertThat(DamagedTableException.faultOf(Table.broken(7, new DBException.DataCorruption("planted"))))
                .isEqualTo(StorageFault.DAMAGED);
        assertThat(DamagedTableException.faultOf(Table.broken(
                        7, new DBException.VolumeIOError(new FileSystemException("7", null, "Too many open files")))))
                .isEqualTo(StorageFault.OVERLOADED);
    }
}
