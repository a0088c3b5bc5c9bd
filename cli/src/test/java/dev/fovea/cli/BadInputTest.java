package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong call and every bad file: one sentence that names it, the right exit code, nothing left behind. */
class BadInputTest {
    private static final String ARCH = "conv4-pool,fc8";

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static Path run;

    @BeforeAll
    static void trainOnce() {
        run = shared.resolve("run");
        var call = Call.of("train", "classify", "--data", "scenes:16:40", "--epochs", 1, "--arch", ARCH, "--out", run);
        assertThat(call.code()).as(call.err()).isZero();
    }

    private static void assertRefused(Call call, int code, String... words) {
        assertThat(call.code()).as(call.err()).isEqualTo(code);
        assertThat(call.out()).isEmpty();
        assertThat(call.err().strip().lines()).as("one sentence").hasSize(1);
        assertThat(call.err()).startsWith("fovea: ").contains(words).doesNotContain("Exception", "\tat ");
    }

    private Path out() {
        return temp.resolve("out");
    }

    private Call train(Object... arguments) {
        var all = new ArrayList<Object>(List.of("train", "classify", "--epochs", 1, "--out", out()));
        all.addAll(Arrays.asList(arguments));
        return Call.of(all.toArray());
    }

    private void assertTrainingRefused(int code, String[] words, Object... arguments) {
        assertRefused(train(arguments), code, words);
        assertThat(out()).as("nothing is made for a refused call").doesNotExist();
    }

    private static String[] words(String... words) {
        return words;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    trian                                              | did you mean 'train'
                    train clasify                                      | did you mean 'classify'
                    data inspekt x                                     | did you mean 'inspect'
                    predict x --jsn                                    | did you mean '--json'
                    train classify --epoch 3                           | did you mean '--epochs'
                    train classify --epochs many                       | 'many' is not an int
                    train classify --data scenes:16:40 --lr -1         | optimizer.lr cannot be -1.0
                    train classify --data scenes:16:40 --loss margn    | did you mean 'margin'
                    train classify --data scenes:16:40 --alpha 2       | distillation.alpha cannot be 2.0
                    train classify --data scenes:16:40 --distil nowhere | distillation.teacher: nowhere does not exist
                    train classify --data scenes:16:40 --teacher nowhere | a noisy student needs both
                    train classify --data scenes:16:40 --teacher nowhere --unlabelled scenes:16:40 | student.teacher: nowhere does not exist
                    eval x --data scenes:16:40 --tta flips             | 'flips' is not known; use flip
                    predict x y.png --tta scales(9)                    | a scale is 0.25 to 4
                    train classify --data scenes:16:40 --balance samplr | did you mean 'sampler'
                    train classify --data scenes:16:40 --optimizer sgdd | did you mean 'sgd'
                    train classify --data scenes:16:40 --schedule cosin | did you mean 'cosine'
                    train classify --data scenes:16:40 --model resnet19 | did you mean 'resnet18'
                    train classify --data scenes:16:40 --arch conv4-pol | known are conv16k3s1p1
                    train classify --data scenes:16:40 --device gpu    | unknown device 'gpu'
                    train classify --data scenes:16:40 --precision fp8 | unknown precision 'fp8'
                    train classify --data scenes:16:40 --cache /no/such/x | does not exist
                    train classify --data /no/such/data                | no such file or folder
                    train classify --resume /no/such/run               | is not a run
                    train classify                                     | no data given
                    train classify --data scenes extra                 | unexpected argument 'extra'
                    train                                              | no task given
                    models show resnet-fifty                           | there is no model
                    models verify /no/such/golden                      | no such file or folder
                    doctor all                                         | unexpected argument 'all'
                    demo --epochs 0                                    | run.epochs cannot be 0
                    """)
    void a_wrong_call_gets_one_sentence_and_exit_code_2(String call, String word) {
        assertRefused(Call.of((Object[]) call.split(" ")), Main.WRONG_CALL, word);
        assertThat(Path.of("runs")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    run: {epoks: 3}        | did you mean 'epochs'
                    run: {epochs: 3.5}     | run.epochs cannot be 3.5; use a whole number
                    run: {epochs: null}    | run.epochs has no value
                    run: 7                 | run cannot be 7; it holds keys and values
                    data: {strict: maybe}  | data.strict cannot be "maybe"; use true or false
                    optimizer: {name: }    | optimizer.name cannot be ''
                    ': : {'                | is not readable as YAML
                    '[1, 2]'               | must hold keys and values
                    """)
    void a_wrong_recipe_is_refused_with_its_key(String yaml, String word) throws IOException {
        var recipe = Files.writeString(temp.resolve("r.yaml"), yaml);
        assertRefused(
                Call.of("train", "classify", "--data", "scenes:16:40", "--recipe", recipe, "--out", out()),
                Main.WRONG_CALL,
                word);
        assertThat(out()).doesNotExist();
    }

    @Test
    void data_that_cannot_be_learned_from_is_named() throws IOException {
        var empty = Files.createDirectory(temp.resolve("empty"));
        assertTrainingRefused(Main.FAILED, words("empty is empty"), "--data", empty);
        var one = Files.createDirectories(temp.resolve("one/cat")).getParent();
        ImageWriter.write(Image.filled(20, 20, 9, 9, 9), one.resolve("cat/1.png"));
        assertTrainingRefused(Main.FAILED, words("one class only, 'cat'"), "--data", one);
        var corrupt = temp.resolve("corrupt");
        for (String name : List.of("a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg")) {
            Files.createDirectories(corrupt.resolve(name).getParent());
            Files.writeString(corrupt.resolve(name), "no picture");
        }
        assertTrainingRefused(
                Main.FAILED, words("none of the training pictures can be read"), "--data", corrupt, "--arch", ARCH);
        var page = temp.resolve("page.html");
        assertRefused(
                Call.of("data", "inspect", corrupt, "--out", page),
                Main.FAILED,
                "none of the 4 pictures could be read");
        assertThat(page).doesNotExist();
    }

    @Test
    void an_idx_file_of_the_wrong_size_is_refused_whatever_its_header_asks_for() throws IOException {
        var idx = Files.createDirectory(temp.resolve("idx"));
        writeIdx(idx.resolve("train-labels-idx1-ubyte"), 10, 0x801, 10);
        writeIdx(idx.resolve("train-images-idx3-ubyte"), 5 * 784, 0x803, 10, 28, 28);
        assertTrainingRefused(Main.FAILED, words("has the wrong size"), "--data", idx);
        writeIdx(idx.resolve("train-images-idx3-ubyte"), 100, 0x803, Integer.MAX_VALUE, 28_000, 28_000);
        assertTrainingRefused(Main.FAILED, words("more than the limit"), "--data", idx);
    }

    private static void writeIdx(Path file, int bytes, int... header) throws IOException {
        var buffer = ByteBuffer.allocate(header.length * 4 + bytes);
        Arrays.stream(header).forEach(buffer::putInt);
        Files.write(file, buffer.array());
    }

    @Test
    void bad_pictures_among_good_ones_are_left_out_and_listed_and_strict_stops() throws IOException {
        var folder = temp.resolve("mixed");
        assertThat(Call.of("data", "scenes", folder, "--size", 16, "--count", 40)
                        .code())
                .isZero();
        var cups = folder.resolve("train/cup");
        Files.createFile(cups.resolve("zero.jpg"));
        Files.write(cups.resolve("bomb.png"), bomb(30_000, 30_000));
        Files.createSymbolicLink(cups.resolve("dangling.png"), Path.of("/no/such/picture.png"));
        Files.createDirectory(cups.resolve("folder.jpg"));
        ImageWriter.write(Image.filled(64, 64, 200, 10, 10), cups.resolve("cut.jpg"));
        byte[] whole = Files.readAllBytes(cups.resolve("cut.jpg"));
        Files.write(cups.resolve("cut.jpg"), Arrays.copyOf(whole, whole.length / 2));
        var call = train("--data", folder, "--arch", ARCH);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out())
                .contains("pictures that could not be read: 4", "zero.jpg", "cut.jpg", "bomb.png", "dangling.png");
        assertThat(out().resolve("report.html")).content().contains("zero.jpg: the file is empty");
        var strict = Call.of(
                "train", "classify", "--data", folder, "--arch", ARCH, "--strict", "--out", temp.resolve("strict"));
        assertThat(strict.code()).isEqualTo(Main.FAILED);
        assertThat(strict.err().lines().filter(l -> l.startsWith("fovea: "))).hasSize(1);
        assertThat(temp.resolve("strict")).doesNotExist();
    }

    /** A PNG of a few kilobytes a megapixel whose header asks for far more memory than the limit. */
    private static byte[] bomb(int width, int height) throws IOException {
        var png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {8, 2, 0, 0, 0})
                        .array());
        var pixels = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(pixels, new Deflater(9))) {
            byte[] rows = new byte[1 << 20];
            for (int i = 0; i < 20; i++) {
                deflater.write(rows);
            }
        }
        chunk(png, "IDAT", pixels.toByteArray());
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) throws IOException {
        var crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        png.write(ByteBuffer.allocate(4).putInt(data.length).array());
        png.write(type.getBytes(StandardCharsets.US_ASCII));
        png.write(data);
        png.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    @Test
    void weights_that_do_not_fit_or_are_none_are_refused() throws IOException {
        var own = run.resolve("weights.safetensors");
        assertTrainingRefused(
                Main.FAILED,
                words("does not fit resnet20_cifar", "missing (first: conv1.weight)"),
                "--data",
                "scenes:16:40",
                "--model",
                "resnet20_cifar",
                "--weights",
                own);
        var text = Files.writeString(temp.resolve("w.pth"), "hello");
        assertTrainingRefused(Main.FAILED, words("w.pth"), "--data", "scenes:16:40", "--arch", ARCH, "--weights", text);
        assertTrainingRefused(
                Main.WRONG_CALL, words("there is no such file"), "--data", "scenes:16:40", "--weights", "no.pth");
    }

    @Test
    void a_pickle_that_calls_a_program_is_refused_and_does_not_run() throws IOException {
        var proof = temp.resolve("proof");
        // Protocol 0: os.system('touch PROOF').
        var pickle = Files.writeString(
                temp.resolve("evil.pt"), "cposix\nsystem\n(S'touch " + proof + "'\ntR.", StandardCharsets.US_ASCII);
        assertTrainingRefused(
                Main.FAILED, words("evil.pt"), "--data", "scenes:16:40", "--arch", ARCH, "--weights", pickle);
        assertThat(proof).doesNotExist();
    }

    @Test
    void a_folder_with_a_run_is_not_trained_into_and_a_finished_one_stays_as_it_was() throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("weights.safetensors"));
        var call = Call.of("train", "classify", "--data", "scenes:16:40", "--arch", ARCH, "--out", run);
        assertRefused(call, Main.WRONG_CALL, "already holds a run; go on with --resume");
        assertThat(run.resolve("weights.safetensors")).hasBinaryContent(before);
        assertRefused(
                Call.of("train", "classify", "--data", "scenes:16:40", "--out", run.resolve("run.yaml")),
                Main.WRONG_CALL,
                "is a file");
        assertRefused(Call.of("train", "classify", "--resume", temp), Main.WRONG_CALL, "is not a run");
        assertRefused(
                Call.of("train", "classify", "--resume", run, "--epochs", 9),
                Main.WRONG_CALL,
                "leave out",
                "run.epochs");
        assertRefused(Call.of("data", "scenes", run), Main.WRONG_CALL, "is not empty");
    }

    @Test
    void predict_names_what_it_cannot_look_at() throws IOException {
        var text = Files.writeString(temp.resolve("note.txt"), "hello");
        var picture = temp.resolve("p.png");
        ImageWriter.write(Image.filled(20, 30, 1, 2, 3), picture);
        assertRefused(Call.of("predict", run, text), Main.FAILED, "note.txt: not a picture");
        assertRefused(Call.of("predict", run, picture, "--region", "500,0,9,9"), Main.FAILED, "p.png", "outside");
        assertRefused(Call.of("predict", run, picture, "--region", "1,2"), Main.WRONG_CALL, "x,y,width,height");
        assertRefused(Call.of("predict", run, temp + "/*.gif"), Main.WRONG_CALL, "no file matches");
        assertRefused(Call.of("predict", run, temp.resolve("no.png")), Main.WRONG_CALL, "no such file");
        assertRefused(Call.of("predict", temp, picture), Main.WRONG_CALL, "is not a run");
        assertRefused(Call.of("predict", text, picture), Main.FAILED, "does not say which network");
        assertRefused(Call.of("predict", run), Main.WRONG_CALL, "no picture given");
        assertRefused(Call.of("predict", run, picture, "--json", "--csv"), Main.WRONG_CALL, "exclude each other");
        var before = System.in;
        System.setIn(java.io.InputStream.nullInputStream());
        try {
            assertRefused(Call.of("predict", run, "-"), Main.WRONG_CALL, "lists no pictures");
        } finally {
            System.setIn(before);
        }
        var mixed = Call.of("predict", run, picture, text, "--json");
        assertThat(mixed.code()).isEqualTo(Main.FAILED);
        assertThat(mixed.json().get("predictions")).hasSize(1);
        assertThat(mixed.json().get("failures")).hasSize(1);
    }

    @Test
    void classes_that_the_network_does_not_know_are_named() throws IOException {
        for (String name : List.of("dog/1.png", "cup/1.png")) {
            Files.createDirectories(temp.resolve("other").resolve(name).getParent());
            ImageWriter.write(
                    Image.filled(20, 20, 5, 5, 5), temp.resolve("other").resolve(name));
        }
        assertRefused(Call.of("eval", run, "--data", temp.resolve("other")), Main.FAILED, "'dog'");
    }

    @Test
    void debug_shows_the_stack_trace() {
        var call = Call.of("predict", "/no/such/run", "x.png", "--debug");
        assertThat(call.code()).isEqualTo(Main.WRONG_CALL);
        assertThat(call.err()).contains("\tat dev.fovea.cli");
    }

    @Test
    void temporary_files_do_not_stay() throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            assertThat(files.map(f -> f.getFileName().toString())).noneMatch(n -> n.endsWith(".tmp"));
        }
    }
}
