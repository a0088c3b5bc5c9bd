package dev.fovea.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.fovea.data.BoxExport;
import dev.fovea.data.BoxForm;
import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.data.scenes.Scenes;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea data convert PATH --to FORM --out FOLDER}. */
@Command(
        name = "convert",
        description = "Write pictures with boxes in another form: COCO, Pascal VOC, YOLO or CSV.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DataConvertCommand implements Callable<Integer> {
    private static final Pattern SCENES = Pattern.compile("scenes(?::(\\d{1,4}))?(?::(\\d{1,7}))?(?::(\\d))?");

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PATH",
            description = "Pictures with boxes in any form, or scenes:SIZE:COUNT:OBJECTS for generated ones.")
    private String path;

    @Option(names = "--to", paramLabel = "FORM", required = true, description = "coco, voc, yolo or csv.")
    private BoxForm form;

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "Must be empty or not exist.")
    private Path folder;

    @Option(names = "--json", description = "Print one JSON object instead of a sentence.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, Dataset> parts = path.startsWith("scenes") ? scenes() : Datasets.parts(Path.of(path));
        boolean boxes = false;
        int dropped = parts.values().iterator().next().dropped().size();
        for (Dataset part : parts.values()) {
            for (int i = 0; i < part.size() && !boxes; i++) {
                boxes = !part.annotation(i).instances().isEmpty();
            }
        }
        if (!boxes) {
            throw new IOException(path + " has no boxes; give pictures with COCO, VOC, YOLO or CSV boxes");
        }
        BoxExport.Written written = BoxExport.write(parts, form, folder);
        var out = spec.commandLine().getOut();
        if (json) {
            Json.print(
                    out,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("folder", folder.toString())
                            .put("form", form.toString())
                            .put("pictures", written.pictures())
                            .put("boxes", written.boxes())
                            .put("crowds", written.crowds())
                            .put("unreadable", written.unreadable().size())
                            .put("dropped", dropped));
            return Main.DONE;
        }
        out.println(written.pictures() + " pictures with " + written.boxes() + " boxes in " + folder);
        if (dropped > 0) {
            out.println(dropped + (dropped == 1 ? " box" : " boxes") + " without area left out");
        }
        if (written.crowds() > 0 && (form == BoxForm.VOC || form == BoxForm.YOLO)) {
            out.println(written.crowds() + " crowds became ordinary objects, since " + form + " has no crowds");
        }
        written.unreadable().forEach(reason -> out.println("left out: " + reason));
        return Main.DONE;
    }

    private Map<String, Dataset> scenes() {
        Matcher m = SCENES.matcher(path);
        if (!m.matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + path + "' is not understood; use scenes, scenes:SIZE, scenes:SIZE:COUNT or"
                            + " scenes:SIZE:COUNT:OBJECTS");
        }
        int side = m.group(1) == null ? 128 : Integer.parseInt(m.group(1));
        int count = m.group(2) == null ? 200 : Integer.parseInt(m.group(2));
        int objects = m.group(3) == null ? 5 : Integer.parseInt(m.group(3));
        int heldOut = Math.max(1, count / 10);
        Scenes.Parts parts =
                Scenes.splits(Scenes.Options.scene(Size.square(side), count).withMaxObjects(objects), heldOut, heldOut);
        Map<String, Dataset> named = new LinkedHashMap<>();
        named.put("train", parts.train());
        named.put("validation", parts.validation());
        named.put("test", parts.test());
        return named;
    }
}
