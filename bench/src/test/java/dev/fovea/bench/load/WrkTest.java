package dev.fovea.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {
    @Test
    void the_report_is_read() throws IOException {
        var result = Wrk.Result.parse("fovea 1200 30 2 1 60.000 850.5 1900.0");
        assertThat(result).isEqualTo(new Wrk.Result(1200, 30, 2, 1, 60, 850.5, 1900));
        assertThat(result.rate()).isEqualTo(20);
    }

    @Test
    void another_report_is_refused() {
        assertThatThrownBy(() -> Wrk.Result.parse("fovea 1200"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fovea 1200");
    }
}
