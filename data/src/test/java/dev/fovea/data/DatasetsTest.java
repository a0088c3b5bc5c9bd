package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Datasets#open} makes of real archives; the classes of the formats have tests of their own. */
class DatasetsTest {
    @Test
    void the_clothing_archive_has_three_parts() throws IOException {
        SplitDatasets splits = Datasets.open(TinyPictures.shared("clothing/clothing_subset.zip"));
        assertThat(splits.train().size()).isEqualTo(280);
        assertThat(splits.validation().size()).isEqualTo(60);
        assertThat(splits.test().orElseThrow().size()).isEqualTo(100);
        assertThat(splits.classes()).hasSize(10).contains("t-shirt");
        var image = splits.train().image(279, Optional.empty());
        assertThat(image.channels()).isEqualTo(3);
        assertThat(image.width()).isGreaterThan(100);
    }

    @Test
    void the_cifar_archive_holds_a_validation_part_out_of_train() throws IOException {
        SplitDatasets splits = Datasets.open(TinyPictures.shared("cifar10/cifar10_subset.zip"));
        assertThat(splits.train().size() + splits.validation().size()).isEqualTo(5000);
        assertThat(splits.validation().size()).isBetween(430, 570);
        assertThat(splits.test().orElseThrow().size()).isEqualTo(1000);
        assertThat(splits.classes()).startsWith("airplane", "automobile").endsWith("ship", "truck");
    }

    @Test
    void an_unknown_form_is_refused_with_the_known_ones(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("data.parquet"), "PAR1");
        assertThatThrownBy(() -> Datasets.open(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContainingAll("data.parquet is no data set that is known; give a folder", "CSV manifest");
    }
}
