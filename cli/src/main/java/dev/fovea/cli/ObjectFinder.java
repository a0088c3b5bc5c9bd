package dev.fovea.cli;

import dev.fovea.vision.Box;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import dev.fovea.vision.draw.Overlay;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/** {@code fovea predict} with a network that finds objects: prints what was found and writes pictures with boxes. */
final class ObjectFinder {
    /** How answers are printed. */
    enum Form {
        TEXT,
        JSON,
        CSV
    }

    private static final String RESULTS = "results.json";

    /**
     * What came of a picture.
     *
     * @param drawn the picture with its boxes as a PNG file, if that is wanted
     */
    record Found(Detections objects, Optional<byte[]> drawn) {}

    private final CommandSpec spec;
    private final Function<List<Image>, List<Detections>> network;
    private final Optional<Path> folder;
    private final Set<String> names = new HashSet<>();
    private final List<Map<String, Object>> predictions = new ArrayList<>();
    private final List<Map<String, Object>> failures = new ArrayList<>();
    private final List<Map<String, Object>> results = new ArrayList<>();
    private int pictures;

    /**
     * Sets what finds objects.
     *
     * @param network finds what is in several images, in their order
     * @param folder where pictures with boxes and the COCO results go
     */
    ObjectFinder(CommandSpec spec, Function<List<Image>, List<Detections>> network, Optional<Path> folder) {
        this.spec = spec;
        this.network = network;
        this.folder = folder;
    }

    /** Looks at some images and draws what is there; several threads may if the network lets them. */
    List<Found> find(List<Image> images) {
        var objects = network.apply(images);
        var found = new ArrayList<Found>(images.size());
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            var each = objects.get(i);
            found.add(new Found(each, folder.map(f -> ImageWriter.png(Overlay.draw(image, each)))));
        }
        return found;
    }

    /** Files read together, their images looked at in batches by the thread that asks. */
    Iterator<OrderedWork.Done<Found>> inBatches(PictureBatches batches) {
        var ready = new ArrayDeque<OrderedWork.Done<Found>>();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !ready.isEmpty() || batches.hasNext();
            }

            @Override
            public OrderedWork.Done<Found> next() {
                if (ready.isEmpty()) {
                    ready.addAll(looked(batches.next()));
                }
                return ready.remove();
            }
        };
    }

    private List<OrderedWork.Done<Found>> looked(List<OrderedWork.Done<Image>> batch) {
        var images = batch.stream().flatMap(r -> r.result().stream()).toList();
        var found =
                images.isEmpty() ? List.<Found>of().iterator() : find(images).iterator();
        return batch.stream()
                .map(r -> new OrderedWork.Done<>(r.file(), r.result().map(image -> found.next()), r.failure()))
                .toList();
    }

    /** Answers for all pictures, in their order; gives the number of those that could not be read. */
    int run(Iterator<OrderedWork.Done<Found>> found, boolean strict, Form form) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (folder.isPresent()) {
            Files.createDirectories(folder.get());
        }
        if (form == Form.CSV) {
            out.println("path,class,score,x1,y1,x2,y2");
        }
        while (found.hasNext()) {
            Interruption.check();
            var next = found.next();
            if (next.failure().isPresent()) {
                if (strict) {
                    throw PredictCommand.failure(next.failure().get());
                }
                fail(next.file(), next.failure().get(), form);
            } else {
                answer(out, next.file(), next.result().orElseThrow(), form);
            }
        }
        if (form == Form.JSON) {
            var all = new LinkedHashMap<String, Object>();
            all.put("predictions", predictions);
            all.put("failures", failures);
            Json.print(out, all);
        }
        if (folder.isPresent()) {
            writeResults(folder.get());
        }
        return failures.size();
    }

    private void fail(Path file, Exception e, Form form) {
        String reason = PredictCommand.naming(file, e.getMessage());
        failures.add(Map.of("path", file.toString(), "reason", reason));
        if (form != Form.JSON) {
            spec.commandLine().getErr().println("fovea: " + reason);
        }
    }

    private void answer(PrintWriter out, Path file, Found answer, Form form) throws IOException {
        pictures++;
        var found = answer.objects();
        Optional<Path> drawn = Optional.empty();
        if (folder.isPresent()) {
            drawn = Optional.of(folder.get().resolve(freeName(file)));
            Files.write(drawn.get(), answer.drawn().orElseThrow());
            addResults(file, found);
        }
        switch (form) {
            case TEXT -> text(out, file, found);
            case CSV -> csv(out, file, found);
            case JSON -> predictions.add(json(file, found, drawn));
        }
    }

    private static void text(PrintWriter out, Path file, Detections found) {
        out.println(file + ": " + (found.size() == 1 ? "1 object" : found.size() + " objects"));
        for (var object : found.items()) {
            Box b = object.box();
            out.println(String.format(
                    Locale.ROOT,
                    "  %-12s %6.2f %%  %.0f,%.0f to %.0f,%.0f",
                    object.label().name(),
                    object.score() * 100,
                    b.x1(),
                    b.y1(),
                    b.x2(),
                    b.y2()));
        }
    }

    private static void csv(PrintWriter out, Path file, Detections found) {
        for (var object : found.items()) {
            Box b = object.box();
            out.println(PredictCommand.cell(file.toString()) + ","
                    + PredictCommand.cell(object.label().name()) + "," + object.score() + "," + b.x1() + "," + b.y1()
                    + "," + b.x2() + "," + b.y2());
        }
    }

    private static Map<String, Object> json(Path file, Detections found, Optional<Path> drawn) {
        var objects = new ArrayList<Map<String, Object>>();
        for (var object : found.items()) {
            var entry = new LinkedHashMap<String, Object>();
            Box b = object.box();
            entry.put("class", object.label().name());
            entry.put("index", object.label().index());
            entry.put("score", object.score());
            entry.put("box", List.of(b.x1(), b.y1(), b.x2(), b.y2()));
            objects.add(entry);
        }
        var prediction = new LinkedHashMap<String, Object>();
        prediction.put("path", file.toString());
        prediction.put("width", found.image().width());
        prediction.put("height", found.image().height());
        prediction.put("objects", objects);
        drawn.ifPresent(path -> prediction.put("drawn", path.toString()));
        return prediction;
    }

    /** COCO's form: a picture is known by the number in its name, else by its place; classes count from 1. */
    private void addResults(Path file, Detections found) {
        String stem = stem(file);
        long id = stem.matches("\\d{1,18}") ? Long.parseLong(stem) : pictures;
        for (var object : found.items()) {
            var entry = new LinkedHashMap<String, Object>();
            Box b = object.box();
            entry.put("image_id", id);
            entry.put("file_name", file.getFileName().toString());
            entry.put("category_id", object.label().index() + 1);
            entry.put("bbox", List.of(b.x1(), b.y1(), b.width(), b.height()));
            entry.put("score", object.score());
            results.add(entry);
        }
    }

    private void writeResults(Path into) throws IOException {
        var text = new StringWriter();
        Json.print(new PrintWriter(text, true), results);
        Files.writeString(into.resolve(RESULTS), text.toString());
    }

    /** The picture's own name as PNG; pictures of one name from several folders get numbers. */
    private String freeName(Path file) {
        String stem = stem(file);
        String name = stem + ".png";
        for (int i = 2; !names.add(name); i++) {
            name = stem + "-" + i + ".png";
        }
        return name;
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }
}
