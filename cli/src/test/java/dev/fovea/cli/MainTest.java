package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb, from its arguments to its exit code and output, on tiny data. */
class MainTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static Path scenes;
    private static Path run;

    @BeforeAll
    static void trainOnce() {
        scenes = shared.resolve("scenes");
        assertThat(Call.of("data", "scenes", scenes, "--size", 16, "--count", 60)
                        .code())
                .isZero();
        run = shared.resolve("run");
        var call = train("--out", run);
        assertThat(call.code()).as(call.err()).isZero();
    }

    private static Call train(Object... more) {
        var arguments = new java.util.ArrayList<Object>(java.util.List.of(
                "train",
                "classify",
                "--data",
                scenes,
                "--epochs",
                1,
                "--arch",
                "conv8-bn-pool,fc16",
                "--precision",
                "float32"));
        arguments.addAll(java.util.List.of(more));
        return Call.of(arguments.toArray());
    }

    private static Path picture() {
        return scenes.resolve("test/cup/00009.png");
    }

    @Test
    void a_run_has_its_files_and_prints_them() {
        assertThat(run).isDirectoryContaining(f -> f.endsWith("run.yaml"));
        assertThat(run.resolve("weights.safetensors")).isRegularFile();
        assertThat(run.resolve("last/checkpoint.safetensors")).isRegularFile();
        assertThat(run.resolve("metrics.jsonl")).content().contains("\"epoch\":1");
        assertThat(run.resolve("report.html")).content().contains("<h1>run</h1>");
    }

    @Test
    void boxes_go_from_form_to_form_and_are_inspected() throws IOException {
        var first = Call.of("data", "convert", "scenes:32:6:3", "--to", "coco", "--out", temp.resolve("coco"));
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).contains("8 pictures with");
        var second = Call.of(
                "data", "convert", temp.resolve("coco"), "--to", "yolo", "--out", temp.resolve("yolo"), "--json");
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(second.json().get("pictures").asInt()).isEqualTo(8);
        assertThat(temp.resolve("yolo/data.yaml")).content().contains("val: images/val");
        var inspected = Call.of("data", "inspect", temp.resolve("yolo"), "--out", temp.resolve("boxes.html"), "--json");
        assertThat(inspected.code()).as(inspected.err()).isZero();
        assertThat(inspected.json().get("boxes").get("objects").asInt())
                .isEqualTo(second.json().get("boxes").asInt());
        var none = Call.of("data", "convert", scenes, "--to", "voc", "--out", temp.resolve("voc"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("has no boxes");
    }

    @Test
    void demo_trains_recognises_and_answers_as_json() throws IOException {
        var call = Call.of("demo", "--epochs", 1, "--pictures", 200, "--out", temp.resolve("demo"), "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var json = call.json();
        assertThat(json.get("accuracy").asDouble()).isBetween(0.0, 1.0);
        assertThat(json.get("seconds").asDouble()).isPositive();
        assertThat(Path.of(json.get("report").asText())).isRegularFile();
        assertThat(Path.of(json.get("run").asText())).isDirectory();
        assertThat(json.get("top5")).hasSize(5);
    }

    @Test
    void flags_go_over_a_recipe_and_a_recipe_over_the_defaults() throws IOException {
        var recipe = Files.writeString(
                temp.resolve("r.yaml"), "run: {epochs: 7, seed: 5, batch: 10}\noptimizer: {name: sgd}\n");
        var call = train("--recipe", recipe, "--batch", 12, "--limit", 2, "--out", temp.resolve("run"), "--json");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(temp.resolve("run/run.yaml"))
                .content()
                .contains("epochs: 1\n", "seed: 5", "batch: 12", "name: sgd", "limit: 2", "accumulate: 1");
        assertThat(call.err()).contains("training limited to 2 a class");
        var json = call.json();
        assertThat(json.get("accuracy").asDouble()).isBetween(0.0, 1.0);
        assertThat(json.get("figures").has("f1")).isTrue();
        assertThat(json.get("split").asText()).isEqualTo("test");
        assertThat(json.get("skipped")).isEmpty();
    }

    @Test
    void blocks_are_computed_again_on_request_and_networks_without_any_are_named() throws IOException {
        var none = train("--checkpoint-activations", "--out", temp.resolve("none"));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("run.checkpoint_activations does nothing for simple_cnn");
        var losses = new java.util.ArrayList<String>();
        for (boolean again : new boolean[] {false, true}) {
            var run = temp.resolve("again-" + again);
            var call = Call.of(
                    "train",
                    "classify",
                    "--data",
                    scenes,
                    "--epochs",
                    1,
                    "--limit",
                    2,
                    "--precision",
                    "float32",
                    "--model",
                    "resnet20_cifar",
                    "--checkpoint-activations",
                    again,
                    "--out",
                    run,
                    "--json");
            assertThat(call.code()).as(call.err()).isZero();
            losses.add(call.json().get("figures").toString());
        }
        assertThat(losses.get(1)).isEqualTo(losses.get(0));
    }

    @Test
    void mixing_sampling_averaging_and_accumulation_train() {
        var call = train(
                "--mixup",
                0.2,
                "--cutmix",
                1,
                "--balance",
                "sampler",
                "--ema",
                0.9,
                "--accumulate",
                2,
                "--clip",
                1,
                "--adaptive-clip",
                0.05,
                "--out",
                temp.resolve("run"));
        assertThat(call.code()).as(call.err()).isZero();
    }

    @Test
    void class_weights_and_focal_loss_train() {
        var call = train("--balance", "weights", "--focal", 2, "--schedule", "plateau", "--out", temp.resolve("run"));
        assertThat(call.code()).as(call.err()).isZero();
    }

    @Test
    void weights_of_a_run_start_another_with_a_frozen_backbone() {
        var call = train("--weights", run, "--freeze", "backbone", "--size", 16, "--out", temp.resolve("run"));
        assertThat(call.code()).isEqualTo(Main.FAILED);
        assertThat(call.err()).contains("is a folder");
        call = train(
                "--weights",
                run.resolve("weights.safetensors"),
                "--freeze",
                "backbone",
                "--size",
                16,
                "--out",
                temp.resolve("run"));
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.err()).contains("weights of weights.safetensors");
    }

    @Test
    void a_manifest_with_several_labels_a_picture_trains_judges_and_predicts() throws IOException {
        var rows = new StringBuilder("path,labels,split\n");
        for (int i = 0; i < 48; i++) {
            boolean red = i % 2 == 0;
            boolean green = i % 3 == 0;
            ImageWriter.write(Image.filled(16, 16, red ? 220 : 20, green ? 220 : 20, 60), temp.resolve(i + ".png"));
            String labels = red && green ? "red;green" : red ? "red" : green ? "green" : "dark";
            rows.append(i).append(".png,").append(labels).append(i < 36 ? ",train\n" : ",test\n");
        }
        var manifest = Files.writeString(temp.resolve("labels.csv"), rows);
        var call = Call.of(
                "train",
                "classify",
                "--data",
                manifest,
                "--epochs",
                2,
                "--arch",
                "conv4-pool,fc8",
                "--out",
                temp.resolve("run"),
                "--json");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.json().has("map")).isTrue();
        var judged = Call.of("eval", temp.resolve("run"), "--data", manifest, "--json");
        assertThat(judged.code()).as(judged.err()).isZero();
        assertThat(judged.json().get("map").asDouble()).isBetween(0.0, 1.0);
        assertThat(Call.of("predict", temp.resolve("run"), temp.resolve("0.png"))
                        .code())
                .isZero();
    }

    @Test
    void resuming_a_finished_run_judges_it_again_with_the_same_figures() throws IOException {
        var folder = temp.resolve("run");
        var first = train("--out", folder, "--json");
        var again = Call.of("train", "classify", "--resume", folder, "--json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.json().get("figures")).isEqualTo(first.json().get("figures"));
    }

    @Test
    void an_interrupted_run_without_checkpoint_begins_anew() throws IOException {
        var folder = Files.createDirectory(temp.resolve("run"));
        Files.copy(run.resolve("run.yaml"), folder.resolve("run.yaml"));
        var call = Call.of("train", "classify", "--resume", folder);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.err()).contains("beginning anew");
        assertThat(folder.resolve("weights.safetensors")).hasSameBinaryContentAs(run.resolve("weights.safetensors"));
    }

    @Test
    void eval_prints_figures_and_classes() {
        var call = Call.of("eval", run, "--data", scenes, "--per-class");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).contains("10 pictures", "accuracy", "precision", "cup");
        assertThat(call.err()).isEmpty();
    }

    @Test
    void several_views_of_a_picture_are_averaged_in_judging_and_in_recognising() throws IOException {
        var once = Call.of("eval", run, "--data", scenes, "--json").json();
        var averaged = Call.of("eval", run, "--data", scenes, "--json", "--tta", "flip+scales(0.9,1)")
                .json();
        assertThat(averaged.get("samples")).isEqualTo(once.get("samples"));
        assertThat(averaged.get("figures").get("loss"))
                .isNotEqualTo(once.get("figures").get("loss"));

        var plain = Call.of("predict", run, picture(), "--csv", "--top", 1);
        var views = Call.of("predict", run, picture(), "--csv", "--top", 1, "--tta", "ten-crop");
        assertThat(views.code()).as(views.err()).isZero();
        assertThat(views.out()).isNotEqualTo(plain.out()).startsWith("path,rank,class,score");
    }

    @Test
    void predict_takes_files_folders_globs_and_a_list() throws IOException {
        assertThat(predicted(picture())).isEqualTo(1);
        assertThat(predicted(scenes.resolve("test"))).isEqualTo(10);
        assertThat(predicted(scenes.resolve("test/*/*.png"))).isEqualTo(10);
        assertThat(predicted(scenes.resolve("test/c*/*.png"), picture())).isEqualTo(3);
        var before = System.in;
        System.setIn(
                new ByteArrayInputStream((picture() + "\n\n" + picture() + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(predicted("-")).isEqualTo(2);
        } finally {
            System.setIn(before);
        }
    }

    private static int predicted(Object... pictures) throws IOException {
        var arguments = new java.util.ArrayList<Object>(java.util.List.of("predict", run, "--json", "--top", 3));
        arguments.addAll(java.util.List.of(pictures));
        var call = Call.of(arguments.toArray());
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.err()).isEmpty();
        var predictions = call.json().get("predictions");
        assertThat(StreamSupport.stream(predictions.spliterator(), false))
                .allSatisfy(p -> assertThat(p.get("classes")).hasSize(3));
        return predictions.size();
    }

    @Test
    void predict_prints_a_table_or_lines_of_values() {
        var text = Call.of("predict", run, picture(), "--top", 2);
        assertThat(text.out().lines()).hasSize(2).allMatch(l -> l.contains(" %"));
        var csv = Call.of("predict", run, picture(), "--csv", "--top", 2);
        assertThat(csv.out().lines().toList()).hasSize(3).first().isEqualTo("path,rank,class,score");
    }

    @Test
    void a_region_is_looked_at_alone() throws IOException {
        var board = temp.resolve("board.png");
        var image = new dev.fovea.vision.codec.ImageReader().read(picture());
        var twice = new byte[16 * 48 * 3];
        for (int y = 0; y < 16; y++) {
            System.arraycopy(image.pixels(), y * 48, twice, y * 144 + 48, 48);
        }
        ImageWriter.write(Image.wrap(48, 16, 3, twice), board);
        var whole = Call.of("predict", run, picture(), "--csv");
        var region = Call.of("predict", run, board, "--region", "16,0,16,16", "--csv");
        assertThat(region.code()).as(region.err()).isZero();
        assertThat(region.out().replace(board.toString(), "x"))
                .isEqualTo(whole.out().replace(picture().toString(), "x"));
    }

    @Test
    void models_are_listed_and_shown() throws IOException {
        assertThat(Call.of("models").out()).contains("resnet50", "25,557,032");
        var all = Call.of("models", "--json").json().get("models");
        assertThat(all.size()).isGreaterThan(10);
        assertThat(all.findValues("multiply_adds")).hasSize(all.size());
        var shown = Call.of("models", "show", "lenet");
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("LeCun", "in_channels");
    }

    @Test
    void models_are_filtered_by_any_part_of_their_facts() throws IOException {
        var some = Call.of("models", "--filter", "ResNet50").out();
        assertThat(some).contains("resnet50", "4.09 G", "wide_resnet50_2").doesNotContain("alexnet", "resnet101");
        assertThat(Call.of("models", "--filter", "sandler", "--json")
                        .json()
                        .at("/models/0/name")
                        .asText())
                .isEqualTo("mobilenet_v2");
        var none = Call.of("models", "--filter", "nosuchthing");
        assertThat(none.code()).isEqualTo(Main.FAILED);
        assertThat(none.err()).contains("nosuchthing");
    }

    @Test
    void costs_are_measured_again() {
        var table = temp.resolve("costs.tsv");
        var call = Call.of("models", "measure", "lenet", "--out", table);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).contains("61,706", "416,520");
        assertThat(table).content().contains("lenet\t32\t61706\t416520").contains("resnet50\t224");
    }

    @Test
    void goldens_are_verified() {
        var golden = Path.of("../models/src/test/resources/golden/mobilenet_v3_small.json");
        var call = Call.of("models", "verify", golden);
        assertThat(call.code()).as(call.out() + call.err()).isZero();
        assertThat(call.out()).contains(" 0 failed");
    }

    @Test
    void data_is_inspected_into_a_page() throws IOException {
        var page = temp.resolve("page.html");
        var call = Call.of("data", "inspect", scenes, "--out", page, "--json");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.json().get("page").asText()).isEqualTo(page.toString());
        assertThat(page).isRegularFile();
    }

    @Test
    void doctor_finds_this_machine_able() throws IOException {
        var call = Call.of("doctor", "--json");
        assertThat(call.code()).as(call.out()).isZero();
        assertThat(call.json().get("tensors").asText()).isEqualTo("work");
    }

    @Test
    void help_names_every_verb() {
        var call = Call.of("--help");
        assertThat(call.code()).isZero();
        assertThat(call.out()).contains("demo", "train", "eval", "predict", "models", "data", "doctor");
        assertThat(Call.of("train", "classify", "--help").out()).contains("--mixup", "--resume", "--backbone-lr");
        assertThat(Call.of("data", "--help").out()).contains("inspect", "scenes");
    }
}
