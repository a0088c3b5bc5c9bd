package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** Who depends on this module gets no libtorch, and nothing else of training. */
class ClassPathTest {
    @Test
    void neither_libtorch_nor_training_is_on_the_class_path() {
        var loader = ClassPathTest.class.getClassLoader();
        assumeTrue(
                loader.getResource("dev/fovea/cli/Main.class") == null,
                "the tests of all modules share one class path here; run this module's alone");
        assertThat(loader.getResource("org/bytedeco/pytorch/Tensor.class")).isNull();
        assertThat(loader.getResource("dev/fovea/tensor/Tensor.class")).isNull();
        assertThat(loader.getResource("dev/fovea/nn/Module.class")).isNull();
    }
}
