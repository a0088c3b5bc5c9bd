package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizeTest {
    private static final Image RGB = Image.wrap(2, 1, 3, new byte[] {0, 51, (byte) 255, (byte) 255, 0, 51});

    @Test
    void pixels_become_planes_at_the_offset() {
        float[] out = new float[8];
        Normalize.UNIT.apply(RGB, out, 1);
        assertThat(out).containsExactly(0, 0, 1, 51 / 255f, 0, 1, 51 / 255f, 0);
    }

    @Test
    void direct_and_heap_buffers_get_the_floats_of_the_array_and_keep_their_position() {
        float[] expected = Normalize.IMAGENET.apply(RGB);
        FloatBuffer direct =
                ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder()).asFloatBuffer();
        FloatBuffer heap = FloatBuffer.allocate(10);
        heap.position(3);
        for (FloatBuffer buffer : List.of(direct, heap)) {
            int position = buffer.position();
            Normalize.IMAGENET.apply(RGB, buffer, 4);
            assertThat(buffer.position()).isEqualTo(position);
            float[] written = new float[6];
            buffer.get(4, written);
            assertThat(written).containsExactly(expected);
        }
    }

    @Test
    void number_of_means_decides_the_channels() {
        Image grey = Image.wrap(2, 1, 1, new byte[] {0, (byte) 255});
        assertThat(Normalize.UNIT.apply(grey)).containsExactly(0, 1, 0, 1, 0, 1);
        assertThat(Normalize.UNIT_GREY.apply(grey.toRgb())).containsExactly(0, 1);
    }

    @Test
    void wrong_numbers_and_too_small_targets_are_refused() {
        assertThatThrownBy(() -> new Normalize(List.of(0f, 0f), List.of(1f, 1f)))
                .hasMessageContaining("1 or 3 channels");
        assertThatThrownBy(() -> new Normalize(List.of(0f), List.of(0f))).hasMessageContaining("positive");
        assertThatThrownBy(() -> Normalize.UNIT.apply(RGB, new float[6], 1))
                .hasMessageContaining("needs 6 floats from offset 1, the target has 6");
    }
}
