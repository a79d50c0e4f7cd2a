package io.murmur.quorum;

import static io.murmur.quorum.Layouts.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.Ring;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void placesAreInTheRingsOrderOfPreference() {
        Ring ring = Layouts.ring(3, 2);

        for (int partition = 0; partition < ring.partitions(); partition++) {
            Placement placement = new Placement(ring, partition, 3, node(1));

            assertThat(placement.owners).isEqualTo(ring.owners(partition));
            for (int place = 0; place < placement.size(); place++) {
                assertThat(placement.placeOf(placement.owners.get(place))).isEqualTo(place);
            }
            assertThat(placement.owners.get(placement.self)).isEqualTo(node(1));
            assertThat(placement.placeOf(node(9))).isEqualTo(-1);
            assertThat(placement.epoch).isEqualTo(ring.epoch());
        }
    }

    @Test
    void aCacheWithFewerReplicasHasFewerOwnersInEachRegion() {
        Placement placement = new Placement(Layouts.ring(3, 2), 0, 1, node(1));

        assertThat(placement.size()).isEqualTo(2);
        assertThat(placement.regionMasks).containsExactlyInAnyOrder(0b01, 0b10);
    }

    @Test
    void everyOwnerIsInOneRegionAndTheCoordinatorsComesFirst() {
        Ring ring = Layouts.ring(3, 2, 1);
        Placement placement = new Placement(ring, 0, 3, node(4));

        assertThat(placement.regionMasks).hasSize(3);
        assertThat(placement.regionMasks[0])
                .isEqualTo(1 << placement.placeOf(node(4)) | 1 << placement.placeOf(node(5)));
        int union = 0;
        for (int mask : placement.regionMasks) {
            assertThat(union & mask).isZero();
            union |= mask;
        }
        assertThat(union).isEqualTo(placement.all());
    }

    @Test
    void theCoordinatorsZoneIsOneOfItsRegionAlone() {
        Placement placement = new Placement(Layouts.zones(), 0, 3, node(1));

        assertThat(placement.zoneMask).isEqualTo(1 << placement.placeOf(node(1)) | 1 << placement.placeOf(node(3)));
    }

    @Test
    void whoseRegionHasNoOwnersHasNoneLocally() {
        Placement outside = new Placement(Layouts.withoutOwnersInFirstRegion(), 0, 3, node(1));
        Placement stranger = new Placement(Layouts.ring(3), 0, 3, node(9));

        assertThat(outside.self).isEqualTo(-1);
        assertThat(outside.regionMasks[0]).isZero();
        assertThat(stranger.self).isEqualTo(-1);
        assertThat(stranger.regionMasks).containsExactly(0, 0b111);
        assertThat(stranger.zoneMask).isZero();
    }

    /** Rings follow one another while other partitions move; this one's requests must go on being served. */
    @Test
    void theEpochIsThatSinceWhichThePartitionHasBeenSo() {
        Ring ring = Layouts.moving(5, Layouts.members(4), Layouts.nodes(1, 2, 3), Layouts.nodes(1, 2, 4));
        Ring later = new Ring(
                9,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                Collections.nCopies(ring.partitions(), ring.owners(0)),
                ring.voters(),
                Collections.nCopies(ring.partitions(), 5L),
                ring.transition());

        assertThat(Layouts.placement(later, 1).epoch).isEqualTo(5);
    }

    @Test
    void whoIsToBeAnOwnerHasAPlaceBehindTheOwners() {
        Placement placement = Layouts.placement(
                Layouts.moving(2, Layouts.members(3, 2), Layouts.nodes(1, 2, 4), Layouts.nodes(5, 2, 3)), 5);

        assertThat(placement.owners).isEqualTo(Layouts.nodes(1, 2, 4, 5, 3));
        assertThat(placement.self).isEqualTo(3);
        assertThat(placement.lists).containsExactly(0b00111, 0b11010);
        assertThat(placement.regionMasks).containsExactly(0b01100, 0b10011);
    }

    @Test
    void ownersThatOnlyChangeTheirOrderAreOneList() {
        Placement placement = Layouts.placement(
                Layouts.moving(2, Layouts.members(3), Layouts.nodes(1, 2, 3), Layouts.nodes(3, 1, 2)), 1);

        assertThat(placement.lists).containsExactly(0b111);
    }

    @Test
    void moreOwnersThanFitAMaskAreRefused() {
        Ring ring = Layouts.ring(32);

        assertThatThrownBy(() -> new Placement(ring, 0, 32, node(1))).hasMessageContaining("32 owners");
    }
}
