package dev.fovea.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.transform.Warp;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DetectionsTest {
    private static final Size SIZE = new Size(80, 100);
    private static final Label DOG = new Label(0, "dog");
    private static final Box BOX = new Box(10, 10, 30, 20);

    @Test
    void items_are_best_first_whatever_order_they_come_in() {
        var low = new Detection(DOG, 0.2f, BOX);
        var high = new Detection(DOG, 0.8f, BOX);
        var found = new Detections(SIZE, List.of(low, high));
        assertThat(found.items()).containsExactly(high, low);
        assertThat(found.atLeast(0.5f).items()).containsExactly(high);
        assertThat(found.top(1).items()).containsExactly(high);
        assertThat(found.top(5).size()).isEqualTo(2);
        assertThat(found.toAnnotation().instances()).extracting(Instance::box).containsExactly(BOX, BOX);
        assertThat(Detections.none(SIZE).items()).isEmpty();
    }

    @Test
    void a_score_that_is_no_number_is_refused() {
        assertThatThrownBy(() -> new Detection(DOG, Float.NaN, BOX)).hasMessageContaining("dog");
    }

    @Test
    void flags_and_stated_area_go_along_with_every_movement() {
        var object = Instance.of(DOG, BOX).withCrowd(true).withDifficult(true).withStatedArea(120);
        assertThat(object.area()).isEqualTo(120);
        assertThat(Instance.of(DOG, BOX).area()).isEqualTo(200);
        Instance doubled =
                Warp.stretch(SIZE, new Size(160, 200)).instance(object, SIZE).orElseThrow();
        assertThat(doubled.crowd()).isTrue();
        assertThat(doubled.difficult()).isTrue();
        assertThat(doubled.area()).isCloseTo(480, within(1e-9));
        // the left half of the box leaves the picture
        Instance cut = Warp.shift(-20, 0, SIZE).instance(object, SIZE).orElseThrow();
        assertThat(cut.area()).isCloseTo(60, within(1e-9));
        Optional<Instance> gone = Warp.shift(-40, 0, SIZE).instance(object, SIZE);
        assertThat(gone).isEmpty();
    }
}
