package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.data.scenes.Scenes;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written in one form is read back, and through all forms in turn. */
class BoxExportTest {
    private static final List<String> CLASSES = List.of("a dog, big", "cat", "mouse & \"friend\"");

    /** Pictures in memory. */
    private record Drawn(List<Annotation> annotations) implements Dataset {
        @Override
        public int size() {
            return annotations.size();
        }

        @Override
        public List<String> classes() {
            return CLASSES;
        }

        @Override
        public Annotation annotation(int index) {
            return annotations.get(index);
        }

        @Override
        public String source(int index) {
            return "drawn " + index;
        }

        @Override
        public Image image(int index, Optional<Size> atLeast) {
            return Image.filled(37 + index, 29, index, 0, 0);
        }
    }

    private static Drawn random(Random random, int pictures) {
        List<Annotation> annotations = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            List<Instance> objects = new ArrayList<>();
            for (int o = random.nextInt(4); o > 0 || (i == 0 && objects.size() < 3); o--) {
                int c = i == 0 ? objects.size() % 3 : random.nextInt(3);
                var box = Box.ofCorner(
                        random.nextInt(200) / 8f,
                        random.nextInt(160) / 8f,
                        (1 + random.nextInt(90)) / 8f,
                        (1 + random.nextInt(70)) / 8f);
                objects.add(Instance.of(new Label(c, CLASSES.get(c)), box)
                        .withCrowd(random.nextInt(5) == 0)
                        .withDifficult(random.nextInt(4) == 0)
                        .withStatedArea(random.nextInt(1000)));
            }
            annotations.add(Annotation.NONE.withInstances(objects));
        }
        return new Drawn(annotations);
    }

    @Property(tries = 6)
    void boxes_survive_every_form(@ForAll long seed) throws IOException {
        var random = new Random(seed);
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("train", random(random, 4));
        parts.put("validation", random(random, 2));
        parts.put("test", random(random, 2));
        Path base = Files.createTempDirectory("forms");
        for (BoxForm form : BoxForm.values()) {
            Path folder = base.resolve(form.toString());
            BoxExport.Written written = BoxExport.write(parts, form, folder);
            assertThat(written.pictures()).isEqualTo(8);
            Map<String, Dataset> read = Datasets.parts(folder);
            assertThat(read.keySet()).isEqualTo(parts.keySet());
            parts.forEach((name, part) -> assertSame(part, read.get(name), form));
        }
        try (var files = Files.walk(base)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void assertSame(Dataset written, Dataset read, BoxForm form) {
        assertThat(read.size()).as(form.toString()).isEqualTo(written.size());
        for (int i = 0; i < written.size(); i++) {
            List<Instance> before = written.annotation(i).instances();
            List<Instance> after = read.annotation(i).instances();
            assertThat(after).as("%s, picture %d", form, i).hasSameSizeAs(before);
            for (int o = 0; o < before.size(); o++) {
                assertThat(after.get(o).label().name())
                        .isEqualTo(before.get(o).label().name());
                assertThat(after.get(o).box().iou(before.get(o).box())).isCloseTo(1, within(1e-4));
                if (form == BoxForm.COCO || form == BoxForm.CSV) {
                    assertThat(after.get(o).crowd()).isEqualTo(before.get(o).crowd());
                    assertThat(after.get(o).area()).isEqualTo(before.get(o).area());
                }
                if (form != BoxForm.YOLO) {
                    assertThat(after.get(o).difficult()).isEqualTo(before.get(o).difficult());
                    assertThat(after.get(o).box()).isEqualTo(before.get(o).box());
                }
            }
        }
    }

    @Test
    void blood_cells_pass_through_all_forms_in_turn_with_their_files_as_they_are(@TempDir Path folder)
            throws IOException {
        Map<String, Dataset> all = Datasets.parts(TinyPictures.shared("bccd/bccd_voc.zip"));
        Map<String, Dataset> parts = new LinkedHashMap<>();
        all.forEach((name, part) -> parts.put(name, Subset.of(part, 0, 3, 5, 7, 11)));
        Map<String, Dataset> now = parts;
        for (BoxForm form : BoxForm.values()) {
            Path next = folder.resolve(form.toString());
            BoxExport.write(now, form, next);
            now = Datasets.parts(next);
        }
        for (String name : parts.keySet()) {
            assertSame(parts.get(name), now.get(name), BoxForm.YOLO);
            assertThat(now.get(name).encoded(2).orElseThrow().bytes())
                    .isEqualTo(parts.get(name).encoded(2).orElseThrow().bytes());
        }
    }

    @Test
    void generated_scenes_become_files_and_names_that_are_taken_get_others(@TempDir Path folder) throws IOException {
        Scenes.Parts scenes = Scenes.splits(Scenes.Options.scene(Size.square(64), 3), 1, 1);
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("train", scenes.train());
        parts.put("validation", scenes.validation());
        BoxExport.write(parts, BoxForm.COCO, folder.resolve("scenes"));
        assertSame(scenes.train(), Datasets.parts(folder.resolve("scenes")).get("train"), BoxForm.COCO);

        TinyPictures.write(folder, "in/train/images/a.png", "in/val/images/a.png");
        for (String part : List.of("train", "val")) {
            Files.createDirectories(folder.resolve("in/" + part + "/labels"));
            Files.writeString(folder.resolve("in/" + part + "/labels/a.txt"), "0 0.5 0.5 0.5 0.5\n");
        }
        BoxExport.write(Datasets.parts(folder.resolve("in")), BoxForm.VOC, folder.resolve("out"));
        Map<String, Dataset> read = Datasets.parts(folder.resolve("out"));
        assertThat(read.get("validation").size()).isEqualTo(1);
        assertThat(read.get("train").size()).isEqualTo(1);
        assertThatThrownBy(() -> BoxExport.write(read, BoxForm.CSV, folder.resolve("in")))
                .hasMessageContaining("not empty");
    }
}
