package dev.fovea.data;

import static dev.fovea.data.TinyPictures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COCO, VOC, YOLO and CSV boxes in the layouts that are found in the wild. */
class BoxFormsTest {
    private static final String COCO = """
            {"images": [{"id": 7, "file_name": "a.png", "width": 4, "height": 3}, {"id": 8, "file_name": "b.png"}],
             "annotations": [
              {"id": 1, "image_id": 7, "category_id": 5, "bbox": [1, 0, 2, 3], "area": 4.5, "iscrowd": 0,
               "segmentation": [[1, 0, 3, 0, 3, 3]], "keypoints": [1, 2, 2, 0, 0, 0]},
              {"id": 2, "image_id": 7, "category_id": 2, "bbox": [0, 0, 4, 3], "iscrowd": 1,
               "segmentation": {"size": [3, 4], "counts": [0, 6, 6]}},
              {"id": 3, "image_id": 7, "category_id": 2, "bbox": [0, 0, 0, 3]}],
             "categories": [{"id": 5, "name": "dog", "keypoints": ["nose", "tail"]}, {"id": 2, "name": "cat"}]}
            """;

    private static final String VOC = """
            <annotation><filename>%s</filename><size><width>4</width><height>3</height></size>
             <object><name>dog</name><difficult>1</difficult>
              <bndbox><xmin>1</xmin><ymin>0</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object>
             <object><name>cat</name><bndbox><xmax>2</xmax><xmin>2</xmin><ymin>0</ymin><ymax>3</ymax></bndbox></object>
            </annotation>
            """;

    @TempDir
    private Path folder;

    private void text(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, utf8(content));
    }

    private static List<Instance> objects(Dataset data, int index) {
        return data.annotation(index).instances();
    }

    @Test
    void coco_file_in_annotations_beside_a_folder_for_each_part() throws IOException {
        TinyPictures.write(folder, "train2017/a.png", "train2017/b.png", "val2017/a.png", "val2017/b.png");
        text("annotations/instances_train2017.json", COCO);
        text("annotations/instances_val2017.json", COCO);
        text("annotations/captions_val2017.json", COCO.replaceAll("\"bbox\"", "\"caption\""));
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.classes()).containsExactly("cat", "dog");
        assertThat(data.train().size()).isEqualTo(2);
        assertThat(data.validation().size()).isEqualTo(2);
        assertThat(data.validation().source(0)).endsWith("val2017/a.png");
        assertThat(data.hasBoxes()).isTrue();
        assertThat(data.multiLabel()).isTrue();
        assertThat(data.description()).contains("COCO boxes").contains("2 boxes without area left out");

        List<Instance> found = objects(data.train(), 0);
        Instance dog = found.get(0);
        assertThat(dog.box()).isEqualTo(new Box(1, 0, 3, 3));
        assertThat(dog.label().name()).isEqualTo("dog");
        assertThat(dog.area()).isEqualTo(4.5);
        assertThat(dog.outline().orElseThrow().polygons()).hasSize(1);
        assertThat(dog.keypoints().orElseThrow().points().get(0).visibility()).isEqualTo(Visibility.VISIBLE);
        Instance crowd = found.get(1);
        assertThat(crowd.crowd()).isTrue();
        assertThat(crowd.mask().orElseThrow().area()).isEqualTo(6);
        assertThat(crowd.mask().orElseThrow().get(1, 2)).isTrue();
        assertThat(crowd.mask().orElseThrow().get(2, 0)).isFalse();
        assertThat(objects(data.train(), 1)).isEmpty();
        assertThat(data.train().annotation(0).labels())
                .extracting(l -> l.name())
                .containsExactly("cat", "dog");
        DroppedBox dropped = data.train().dropped().get(0);
        assertThat(dropped.text()).contains("cat");
        assertThat(dropped.source()).contains("a.png");
        assertThat(dropped.reason()).contains("no area");
    }

    @Test
    void coco_file_among_its_pictures_and_coco_file_given_itself() throws IOException {
        TinyPictures.write(folder, "train/a.png", "train/b.png", "valid/a.png", "valid/b.png");
        text("train/_annotations.coco.json", COCO);
        text("valid/_annotations.coco.json", COCO);
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.validation().source(1)).endsWith("valid/b.png");
        Dataset alone = Datasets.openForEvaluation(folder.resolve("valid/_annotations.coco.json"), data.classes());
        assertThat(alone.size()).isEqualTo(2);
        assertThat(alone.image(0, java.util.Optional.empty()).width()).isEqualTo(4);
    }

    @Test
    void several_coco_files_for_the_same_pictures_are_a_question_not_a_guess() throws IOException {
        TinyPictures.write(folder, "images/a.png", "images/b.png");
        text("one.json", COCO);
        text("two.json", COCO);
        assertThatThrownBy(() -> Datasets.open(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("one.json and two.json")
                .hasMessageContaining("give one of them");
        assertThat(Datasets.openForEvaluation(folder.resolve("two.json"), List.of("cat", "dog"))
                        .size())
                .isEqualTo(2);
    }

    @Test
    void voc_with_image_sets() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            TinyPictures.write(folder, "JPEGImages/" + name + ".png");
            text("Annotations/" + name + ".xml", VOC.formatted(name + ".jpg"));
        }
        text("ImageSets/Main/trainval.txt", "a\nb\n");
        text("ImageSets/Main/train.txt", "a\n");
        text("ImageSets/Main/val.txt", "b\n");
        text("ImageSets/Main/test.txt", "c\n");
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.train().size()).isEqualTo(1);
        assertThat(data.validation().source(0)).endsWith("JPEGImages/b.png");
        assertThat(data.test().orElseThrow().size()).isEqualTo(1);
        assertThat(objects(data.train(), 0)).hasSize(1);
        assertThat(objects(data.train(), 0).get(0).box()).isEqualTo(new Box(1, 0, 3, 3));
        assertThat(objects(data.train(), 0).get(0).difficult()).isTrue();
        assertThat(data.train().dropped()).hasSize(3).allMatch(d -> d.text().startsWith("cat"));
    }

    @Test
    void voc_beside_the_pictures_in_folders_for_the_parts() throws IOException {
        for (String name : List.of("train/a", "train/b", "valid/a", "test/a")) {
            TinyPictures.write(folder, name + ".png");
            text(name + ".xml", VOC.formatted("a.png"));
        }
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.train().size()).isEqualTo(2);
        assertThat(data.validation().source(0)).endsWith("valid/a.png");
        assertThat(data.test().orElseThrow().source(0)).endsWith("test/a.png");
    }

    @Test
    void hostile_xml_reads_nothing_and_bursts_nothing() throws IOException {
        TinyPictures.write(folder, "a.png");
        Path secret = Files.writeString(folder.resolve("secret.dat"), "stolen");
        String entity = "<!DOCTYPE annotation [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>";
        text("a.xml", entity + VOC.formatted("a.png").replace("<name>dog", "<name>&x;"));
        assertThatThrownBy(() -> Datasets.open(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("a.xml");
        var bomb = new StringBuilder("<!DOCTYPE annotation [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            bomb.append("<!ENTITY a%d \"&a%d;&a%d;\">".formatted(i, i - 1, i - 1));
        }
        text("a.xml", bomb + "]>" + VOC.formatted("a.png").replace("<name>dog", "<name>&a29;"));
        assertThatThrownBy(() -> Datasets.open(folder)).isInstanceOf(DatasetException.class);
        text("a.xml", "<annotation>" + "<a>".repeat(100_000));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("nested deeper");
        text("a.xml", "<annotation><object>");
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("not readable XML");
    }

    @Test
    void yolo_with_images_and_labels_and_data_yaml() throws IOException {
        TinyPictures.write(folder, "images/train/a.png", "images/train/b.png", "images/val/a.png");
        text("labels/train/a.txt", "1 0.5 0.5 0.5 1\n0 0 0 1 0 1 1\n0 0.5 0.5 0 0.1\n");
        text("labels/val/a.txt", "0 0.25 0.5 0.5 1 0.93\n");
        text(
                "data.yaml",
                "path: /home/somebody/set\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n");
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.classes()).containsExactly("cat", "dog");
        assertThat(data.train().size()).isEqualTo(2);
        List<Instance> found = objects(data.train(), 0);
        assertThat(found.get(0).box()).isEqualTo(new Box(1, 0, 3, 3));
        assertThat(found.get(0).label().name()).isEqualTo("dog");
        assertThat(found.get(1).box()).isEqualTo(new Box(0, 0, 4, 3));
        assertThat(found.get(1).outline()).isPresent();
        assertThat(found).hasSize(2);
        assertThat(objects(data.train(), 1)).as("no text file, no objects").isEmpty();
        assertThat(data.train().dropped()).hasSize(1);
        assertThat(objects(data.validation(), 0).get(0).box()).isEqualTo(new Box(0, 0, 2, 3));
    }

    @Test
    void yolo_with_parts_above_and_paths_that_climb() throws IOException {
        TinyPictures.write(folder, "train/images/a.png", "valid/images/b.png", "test/images/c.png");
        for (String each : List.of("train/labels/a", "valid/labels/b", "test/labels/c")) {
            text(each + ".txt", "0 0.5 0.5 0.5 1\n");
        }
        text(
                "data.yaml",
                "train: ../train/images\nval: ../valid/images\ntest: ../test/images\nnc: 1\nnames: ['thing']\n");
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.train().source(0)).endsWith("train/images/a.png");
        assertThat(data.validation().source(0)).endsWith("valid/images/b.png");
        assertThat(data.test().orElseThrow().source(0)).endsWith("test/images/c.png");
        assertThat(data.classes()).containsExactly("thing");
    }

    @Test
    void yolo_text_beside_the_pictures_with_lists() throws IOException {
        TinyPictures.write(folder, "obj_train_data/a.png", "obj_train_data/b.png", "obj_train_data/c.png");
        for (String each : List.of("a", "b", "c")) {
            text("obj_train_data/" + each + ".txt", "1 0.5 0.5 0.5 1\n");
        }
        text("obj.names", "cat\ndog\n");
        text("train.txt", "data/obj_train_data/a.png\ndata/obj_train_data/c.png\n");
        text("val.txt", "/somewhere/else/b.png\n");
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.train().size()).isEqualTo(2);
        assertThat(data.validation().source(0)).endsWith("b.png");
        assertThat(objects(data.train(), 0).get(0).label().name()).isEqualTo("dog");
    }

    @Test
    void yolo_without_names_and_with_wrong_ones() throws IOException {
        TinyPictures.write(folder, "images/a.png", "images/b.png", "images/c.png");
        text("labels/a.txt", "2 0.5 0.5 0.5 1\n");
        text("labels/c.txt", "2 0.5 0.5 0.5 1\n");
        assertThat(Datasets.open(folder).classes()).containsExactly("0", "1", "2");
        text("classes.txt", "cat\ndog\n");
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("a.txt has the class 2");
        text("classes.txt", "cat\ndog\nmouse");
        text("labels/b.txt", "1 0.5 0.5\n");
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("b.txt, line 1 is no box");
    }

    @Test
    void notes_beside_classified_pictures_are_no_boxes() throws IOException {
        TinyPictures.write(folder, "cat/a.png", "cat/b.png", "dog/a.png", "dog/b.png");
        text("cat/a.txt", "a cat on a mat\n");
        text("about.json", "{\"made\": 2020, \"images\": 4}");
        text("about.xml", "<about><images>4</images></about>");
        SplitDatasets data = Datasets.open(folder);
        assertThat(data.classes()).containsExactly("cat", "dog");
        assertThat(data.hasBoxes()).isFalse();
    }

    @Test
    void csv_of_boxes() throws IOException {
        TinyPictures.write(folder, "p/a.png", "p/b.png", "p/c.png");
        text("boxes.csv", """
                filename,width,height,class,xmin,ymin,xmax,ymax,split,difficult
                p/a.png,4,3,dog,1,0,3,3,train,1
                p/a.png,4,3,cat,0,0,4,3,train,0
                p/b.png,4,3,,,,,,train,
                p/c.png,4,3,cat,2,0,1,3,val,0
                """);
        SplitDatasets data = Datasets.open(folder.resolve("boxes.csv"));
        assertThat(data.train().size()).isEqualTo(2);
        assertThat(objects(data.train(), 0)).hasSize(2);
        assertThat(objects(data.train(), 0).get(0).box()).isEqualTo(new Box(1, 0, 3, 3));
        assertThat(objects(data.train(), 0).get(0).difficult()).isTrue();
        assertThat(objects(data.train(), 1)).isEmpty();
        assertThat(objects(data.validation(), 0)).isEmpty();
        assertThat(data.train().dropped().get(0).reason()).contains("swapped");
        text("boxes.csv", "path,label,x,y,w,h\np/a.png,dog,1,0,2,3\np/b.png,cat,0,0,1,1\np/c.png,cat,0,0,1,one\n");
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("line 4: column 'h' has 'one'");
        text("boxes.csv", "path,label,x,y,w,h\n../a.png,dog,1,0,2,3\n");
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("leads out");
    }

    @Test
    void damaged_coco_files_are_named() throws IOException {
        TinyPictures.write(folder, "a.png", "b.png");
        text("x.json", COCO.substring(0, COCO.length() - 80));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("x.json is damaged");
        text("x.json", COCO.replace("[0, 6, 6]", "[0, 6, 7]"));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("add up to 12 pixels, got 13");
        text("x.json", COCO.replace("\"category_id\": 5", "\"category_id\": 6"));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("category_id 6");
        text("x.json", COCO.replace("\"bbox\": [1, 0, 2, 3]", "\"bbox\": [1, 0]"));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("annotation 1: bbox is [1,0]");
        text("x.json", COCO.replace("a.png", "z.png").replace("b.png", "y.png"));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("no picture that is there");
    }

    @Test
    void blood_cells_have_their_boxes_and_parts() throws IOException {
        SplitDatasets data = Datasets.open(TinyPictures.shared("bccd/bccd_voc.zip"));
        assertThat(data.classes()).containsExactly("Platelets", "RBC", "WBC");
        assertThat(List.of(
                        data.train().size(),
                        data.validation().size(),
                        data.test().orElseThrow().size()))
                .containsExactly(205, 87, 72);
        int[] counts = new int[3];
        for (Dataset part : List.of(data.train(), data.validation(), data.test().orElseThrow())) {
            for (int i = 0; i < part.size(); i++) {
                objects(part, i).forEach(o -> counts[o.label().index()]++);
            }
        }
        assertThat(data.train().dropped()).hasSize(2);
        long degenerateRed = data.train().dropped().stream()
                .filter(d -> d.text().startsWith("RBC"))
                .count();
        assertThat(counts[1] + degenerateRed).isEqualTo(4155);
        assertThat(counts[0] + counts[1] + counts[2]).isEqualTo(361 + 4155 + 372 - 2);
    }

    @Test
    void four_forms_of_the_same_pictures_agree() throws IOException {
        Path root = unpack(TinyPictures.shared("voc100/voc100_multiformat.zip"));
        Path base = Files.isDirectory(root.resolve("voc100")) ? root.resolve("voc100") : root;
        Map<String, Map<String, Annotation>> forms = new TreeMap<>();
        for (String form : List.of(
                "annotations_voc",
                "annotations_yolo",
                "annotations_coco/instances_default.json",
                "annotations_coco/instances_v2.json")) {
            Map<String, Annotation> byPicture = new TreeMap<>();
            SplitDatasets data = Datasets.open(base.resolve(form));
            for (Dataset part : List.of(data.train(), data.validation())) {
                for (int i = 0; i < part.size(); i++) {
                    byPicture.put(PictureIndex.name(part.source(i)), part.annotation(i));
                }
            }
            forms.put(form, byPicture);
        }
        Map<String, Annotation> voc = forms.get("annotations_voc");
        assertThat(voc).hasSize(100);
        assertThat(voc.values().stream().mapToInt(a -> a.instances().size()).sum())
                .isEqualTo(273);
        forms.forEach((form, pictures) -> {
            assertThat(pictures.keySet()).as(form).isEqualTo(voc.keySet());
            pictures.forEach((picture, annotation) -> assertSame(annotation, voc.get(picture), picture + " " + form));
        });
    }

    private static void assertSame(Annotation actual, Annotation expected, String what) {
        assertThat(actual.instances()).as(what).hasSameSizeAs(expected.instances());
        for (Instance object : expected.instances()) {
            assertThat(actual.instances()).as(what).anySatisfy(o -> {
                assertThat(o.label().name()).isEqualTo(object.label().name());
                for (Function<Box, Float> side : List.<Function<Box, Float>>of(Box::x1, Box::y1, Box::x2, Box::y2)) {
                    assertThat(side.apply(o.box())).isCloseTo(side.apply(object.box()), within(0.01f));
                }
            });
        }
    }

    @Test
    void coco128_in_coco_and_yolo_form() throws IOException {
        Path zip = TinyPictures.shared("coco128/coco128_subset.zip");
        SplitDatasets coco = Datasets.open(zip);
        assertThat(coco.train().size()).isEqualTo(66);
        assertThat(coco.validation().size()).isEqualTo(24);
        assertThat(coco.classes().get(0)).isEqualTo("person");
        Path root = unpack(zip);
        SplitDatasets yolo = Datasets.open(root.resolve("labels_yolo"));
        assertThat(yolo.classes()).hasSize(80).startsWith("person", "bicycle");
        assertThat(yolo.train().size()).isEqualTo(66);
        assertThat(yolo.validation().size()).isEqualTo(24);
        assertThat(yolo.train().source(0)).contains("images/train2017/");
        assertThat(yolo.train().annotation(0).instances()).isNotEmpty();
    }

    private Path unpack(Path zip) throws IOException {
        try (var in = new java.util.zip.ZipFile(zip.toFile())) {
            for (var entries = in.entries(); entries.hasMoreElements(); ) {
                var entry = entries.nextElement();
                if (!entry.isDirectory() && !entry.getName().startsWith("semantic")) {
                    Path file = folder.resolve(entry.getName());
                    Files.createDirectories(file.getParent());
                    Files.write(file, in.getInputStream(entry).readAllBytes());
                }
            }
        }
        return folder;
    }
}
