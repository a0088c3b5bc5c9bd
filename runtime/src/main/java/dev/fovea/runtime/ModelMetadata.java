package dev.fovea.runtime;

import dev.fovea.vision.transform.Preprocessing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an ONNX file says of itself beside its graph, so that one file is enough to recognise. It is stored in the file's
 * {@code metadata_props}, text by text:
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><th>key</th><th>value</th></tr>
 * <tr><td>{@code fovea.task}</td><td>{@code classify} or {@code detect}</td></tr>
 * <tr><td>{@code fovea.labels}</td><td>names of the classes in the order of the output, a JSON array</td></tr>
 * <tr><td>{@code fovea.activation}</td><td>{@code softmax}, {@code sigmoid} or {@code none}</td></tr>
 * <tr><td>{@code fovea.resize}, {@code fovea.mean}, {@code fovea.std}</td><td>see {@link Preprocessing#toMetadata}</td></tr>
 * <tr><td>{@code fovea.detector}</td><td>how outputs become boxes, see {@link BoxDecoding}</td></tr>
 * <tr><td>{@code fovea.input_size}</td><td>width x height, for other programs; it is that of the resize policy</td></tr>
 * <tr><td>{@code fovea.model}</td><td>the network's name and options, JSON</td></tr>
 * <tr><td>{@code fovea.run}</td><td>the run that trained it</td></tr>
 * </table>
 *
 * <p>A graph has one input, float {@code [N, C, H, W]} to which preprocessing is applied before, or uint8 {@code [N, H, W, C]}
 * whose preprocessing is in the graph itself; its type tells which. A classifier's output {@link #LOGITS} (or the first) is
 * {@code [N, classes]}; an output {@link #EMBEDDING} {@code [N, D]} may follow.
 *
 * @param task what the network is for
 * @param labels the names of the classes; empty where they are not known
 * @param activation what makes probabilities of the output
 * @param preprocessing what is done to a picture before the network (or, for uint8, in the graph)
 * @param boxes how outputs become boxes, of detectors
 * @param model the network's name and options as JSON
 * @param run the run that trained it
 */
public record ModelMetadata(
        String task,
        List<String> labels,
        Activation activation,
        Optional<Preprocessing> preprocessing,
        Optional<BoxDecoding> boxes,
        Optional<String> model,
        Optional<String> run) {
    /** The task of classifiers. */
    public static final String CLASSIFY = "classify";
    /** The task of detectors. */
    public static final String DETECT = "detect";
    /** The name of the input that exported graphs have. */
    public static final String INPUT = "input";
    /** The name of the classes' output that exported graphs have. */
    public static final String LOGITS = "logits";
    /** The name of the output that holds what the last layer sees. */
    public static final String EMBEDDING = "embedding";

    private static final String TASK = "fovea.task";
    private static final String LABELS = "fovea.labels";
    private static final String ACTIVATION = "fovea.activation";
    private static final String INPUT_SIZE = "fovea.input_size";
    private static final String DETECTOR = "fovea.detector";
    private static final String MODEL = "fovea.model";
    private static final String RUN = "fovea.run";

    public ModelMetadata {
        labels = List.copyOf(labels);
    }

    /** That of a classifier whose file says nothing else. */
    public static ModelMetadata classifier(List<String> labels, Preprocessing preprocessing) {
        return new ModelMetadata(
                CLASSIFY,
                labels,
                Activation.SOFTMAX,
                Optional.of(preprocessing),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** That of a detector whose graph gives probabilities. */
    public static ModelMetadata detector(List<String> labels, Preprocessing preprocessing, BoxDecoding boxes) {
        return new ModelMetadata(
                DETECT,
                labels,
                Activation.NONE,
                Optional.of(preprocessing),
                Optional.of(boxes),
                Optional.empty(),
                Optional.empty());
    }

    /** This with another way to probabilities. */
    public ModelMetadata withActivation(Activation other) {
        return new ModelMetadata(task, labels, other, preprocessing, boxes, model, run);
    }

    /** This with the network's name and options, as JSON. */
    public ModelMetadata withModel(String json) {
        return new ModelMetadata(task, labels, activation, preprocessing, boxes, Optional.of(json), run);
    }

    /** This with the name of the run. */
    public ModelMetadata withRun(String name) {
        return new ModelMetadata(task, labels, activation, preprocessing, boxes, model, Optional.of(name));
    }

    /** The entries of {@code metadata_props}. */
    public Map<String, String> toMap() {
        var map = new LinkedHashMap<String, String>();
        map.put(TASK, task);
        if (!labels.isEmpty()) {
            map.put(LABELS, JsonNames.write(labels));
        }
        map.put(ACTIVATION, activation.toString());
        preprocessing.ifPresent(p -> {
            map.put(INPUT_SIZE, p.size().toString());
            map.putAll(p.toMetadata());
        });
        boxes.ifPresent(b -> map.put(DETECTOR, b.toJson()));
        model.ifPresent(text -> map.put(MODEL, text));
        run.ifPresent(text -> map.put(RUN, text));
        return map;
    }

    /**
     * Reads what {@link #toMap} wrote; other entries are ignored, and what is missing is left empty (the task is
     * {@link #CLASSIFY} then, the activation {@link Activation#SOFTMAX}, or none for {@link #DETECT}).
     *
     * @throws IllegalArgumentException if an entry is not readable or contradicts another
     */
    public static ModelMetadata ofMap(Map<String, String> map) {
        Optional<Preprocessing> preprocessing =
                map.keySet().stream().anyMatch(List.of("fovea.resize", "fovea.mean", "fovea.std")::contains)
                        ? Optional.of(Preprocessing.ofMetadata(map))
                        : Optional.empty();
        String said = map.get(INPUT_SIZE);
        if (said != null
                && preprocessing.isPresent()
                && !said.equals(preprocessing.get().size().toString())) {
            throw new IllegalArgumentException(INPUT_SIZE + " is " + said + ", but fovea.resize makes pictures of "
                    + preprocessing.get().size() + "; correct one of them");
        }
        String task = map.getOrDefault(TASK, CLASSIFY);
        var usual = task.equals(DETECT) ? Activation.NONE : Activation.SOFTMAX;
        return new ModelMetadata(
                task,
                map.containsKey(LABELS) ? JsonNames.read(LABELS, map.get(LABELS)) : List.of(),
                Activation.parse(map.getOrDefault(ACTIVATION, usual.toString())),
                preprocessing,
                Optional.ofNullable(map.get(DETECTOR)).map(BoxDecoding::parse),
                Optional.ofNullable(map.get(MODEL)),
                Optional.ofNullable(map.get(RUN)));
    }
}
