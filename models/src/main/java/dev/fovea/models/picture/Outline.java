package dev.fovea.models.picture;

import dev.fovea.models.picture.Work.Kind;
import dev.fovea.models.picture.Work.Step;
import dev.fovea.nn.Module;
import dev.fovea.nn.Summary;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A network as a row of {@linkplain Card cards}, found from its modules, their order and their shapes alone. Containers whose children
 * follow each other are opened; modules whose insides run side by side, or that come again and again, are blocks.
 */
final class Outline {
    /** A module that computed, with those below it that did, in order. */
    private record Node(String path, Module module, List<Node> children) {
        String type() {
            return module.getClass().getSimpleName();
        }

        boolean isLeaf() {
            return children.isEmpty();
        }

        Stream<Node> all() {
            return Stream.concat(Stream.of(this), children.stream().flatMap(Node::all));
        }
    }

    private final Work work;
    private final Map<String, Summary.Row> rows = new HashMap<>();
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Long> typeCounts = new HashMap<>();
    private final Node root;

    private Outline(Module network, Summary summary, Work work) {
        this.work = work;
        summary.rows().forEach(row -> rows.put(row.path(), row));
        work.order().forEach(path -> order.put(path, order.size()));
        root = Objects.requireNonNull(node("", network), "the network did not compute");
        root.all().forEach(n -> typeCounts.merge(n.type(), 1L, Long::sum));
    }

    /**
     * What is drawn.
     *
     * @param outside what holds the parameters that no card has: own tensors of the network, parts that work in training alone
     */
    record Plan(List<Card> cards, List<String> outside) {}

    static Plan of(Module network, Summary summary, Work work) {
        var outline = new Outline(network, summary, work);
        var units = new ArrayList<Node>();
        outline.root.children.forEach(child -> outline.flatten(child, units));
        if (units.isEmpty()) {
            units.add(outline.root);
        }
        return new Plan(outline.grouped(outline.merged(units)), outside(network, units));
    }

    private static List<String> outside(Module network, List<Node> units) {
        return network.parameters().keySet().stream()
                .filter(key -> units.stream().noneMatch(u -> u.path.isEmpty() || key.startsWith(u.path + ".")))
                .map(key -> key.chars().filter(c -> c == '.').count() < 2 && !key.matches(".*\\.(weight|bias)")
                        ? key
                        : key.substring(0, key.indexOf('.')))
                .distinct()
                .toList();
    }

    private Node node(String path, Module module) {
        var children = new ArrayList<Node>();
        module.children().forEach((name, child) -> {
            var below = node(path.isEmpty() ? name : path + "." + name, child);
            if (below != null) {
                children.add(below);
            }
        });
        if (children.isEmpty() && !order.containsKey(path)) {
            return null;
        }
        children.sort(Comparator.comparingInt(this::begin));
        return new Node(path, module, List.copyOf(children));
    }

    /** When the first module of a subtree began. */
    private int begin(Node node) {
        return node.all()
                .mapToInt(n -> order.getOrDefault(n.path, Integer.MAX_VALUE))
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    // --- which modules stand for themselves --------------------------------------------------------------------------

    private void flatten(Node node, List<Node> units) {
        if (isOpened(node)) {
            node.children.forEach(child -> flatten(child, units));
        } else {
            units.add(node);
        }
    }

    private boolean isOpened(Node node) {
        if (node.isLeaf()) {
            return false;
        }
        if (!order.containsKey(node.path) || node.module instanceof Sequential) {
            return true;
        }
        if (hasChildrenSideBySide(node)) {
            return false;
        }
        boolean once = typeCounts.get(node.type()) == 1;
        boolean holdsBlocks = node.children.stream().anyMatch(c -> !c.isLeaf());
        return (once && holdsBlocks) || isStage(node);
    }

    private boolean hasChildrenSideBySide(Node node) {
        return node.children.stream().skip(1).anyMatch(c -> work.readsOnlyFromOutside(c.path, node.path));
    }

    /** Whether a module is nothing but blocks of one kind in a row. */
    private static boolean isStage(Node node) {
        var blocks = node.children.size() == 1 && node.children.get(0).module instanceof Sequential
                ? node.children.get(0).children
                : node.children;
        return !blocks.isEmpty()
                && blocks.stream()
                        .allMatch(b -> !b.isLeaf()
                                && !(b.module instanceof Sequential)
                                && b.type().equals(blocks.get(0).type()))
                && (blocks.size() > 1 || node.children.get(0).module instanceof Sequential);
    }

    // --- cards -------------------------------------------------------------------------------------------------------

    /** Leaves that only normalise or activate belong to the layer before them. */
    private List<Card> merged(List<Node> units) {
        var cards = new ArrayList<Card>();
        boolean open = false;
        for (var unit : units) {
            var main = mainSteps(unit).findFirst();
            if (!unit.isLeaf()) {
                cards.add(block(unit));
                open = false;
            } else if (main.isPresent()) {
                cards.add(card(unit, main.get().words(), List.of(), main.get().kind()));
                open = true;
            } else if (open) {
                cards.set(cards.size() - 1, with(cards.get(cards.size() - 1), unit));
            } else if (isWorthACard(unit)) {
                cards.add(card(unit, words(unit), List.of(), Kind.OTHER));
                open = true;
            }
        }
        return cards;
    }

    private boolean isWorthACard(Node unit) {
        return unit.module.parameterCount() > 0 || !work.steps(unit.path).isEmpty();
    }

    private Card with(Card card, Node leaf) {
        String own = isIdle(leaf) ? null : words(leaf);
        var lines = card.lines().isEmpty()
                ? own
                : own == null ? card.lines().get(0) : card.lines().get(0) + " · " + own;
        return new Card(
                card.title(),
                1,
                lines == null ? List.of() : List.of(lines),
                card.kind(),
                output(leaf) == null ? card.output() : output(leaf),
                card.parameters() + leaf.module.parameterCount(),
                card.multiplyAdds() + multiplyAdds(leaf));
    }

    /** Dropout and the like do nothing outside of training. */
    private static boolean isIdle(Node leaf) {
        return leaf.type().contains("Drop")
                || leaf.type().contains("Identity")
                || leaf.type().contains("Flatten");
    }

    private Card card(Node node, String title, List<String> lines, Kind kind) {
        return new Card(title, 1, lines, kind, output(node), node.module.parameterCount(), multiplyAdds(node));
    }

    private Card block(Node node) {
        var kinds = mainSteps(node).map(Step::kind).toList();
        boolean attends = node.all().anyMatch(n -> n.type().contains("Attention")) || kinds.contains(Kind.ATTENTION);
        var kind = attends
                ? Kind.ATTENTION
                : Stream.of(Kind.CONVOLUTION, Kind.LINEAR, Kind.POOLING)
                        .filter(kinds::contains)
                        .findFirst()
                        .orElse(Kind.OTHER);
        return card(node, spaced(node.type()), List.of(inside(node)), kind);
    }

    private Stream<Step> mainSteps(Node node) {
        return node.all().flatMap(n -> work.steps(n.path).stream()).filter(Step::main);
    }

    /** The layers inside a block, in order, those beside the others marked. */
    private String inside(Node block) {
        var words = new ArrayList<String>();
        inside(block, block, words);
        var runs = new ArrayList<String>();
        for (int i = 0; i < words.size(); ) {
            int end = i;
            while (end < words.size() && words.get(end).equals(words.get(i))) {
                end++;
            }
            runs.add(end - i > 1 ? words.get(i) + " ×" + (end - i) : words.get(i));
            i = end;
        }
        return String.join(" · ", runs);
    }

    private void inside(Node block, Node node, List<String> words) {
        if (node.path.equals(block.path) || node.module instanceof Sequential || !order.containsKey(node.path)) {
            work.steps(node.path).stream().filter(Step::main).forEach(s -> words.add(s.words()));
            for (var child : node.children) {
                int before = words.size();
                inside(block, child, words);
                boolean beside = node.path.equals(block.path)
                        && !child.path.equals(node.children.get(0).path)
                        && work.readsOnlyFromOutside(child.path, block.path);
                if (beside && words.size() > before) {
                    words.set(before, "∥ " + words.get(before));
                }
            }
            return;
        }
        var main = mainSteps(node).toList();
        if (main.size() > 1 && !node.isLeaf()) {
            words.add(spaced(node.type()).toLowerCase(Locale.ROOT));
        } else {
            main.forEach(s -> words.add(s.words()));
        }
    }

    private String words(Node leaf) {
        return work.steps(leaf.path).stream().map(Step::words).findFirst().orElseGet(() -> leaf.type());
    }

    /** {@code InvertedResidual} as {@code Inverted Residual}; abbreviations stay whole. */
    private static String spaced(String type) {
        return type.replaceAll("(?<=[a-z])(?=[A-Z])", " ").replaceAll("(?<=[A-Z])(?=[A-Z][a-z]{2})", " ");
    }

    private Shape output(Node node) {
        var row = rows.get(node.path);
        if (row != null && !row.outputs().isEmpty()) {
            return row.outputs().get(0);
        }
        return node.isLeaf() ? null : output(node.children.get(node.children.size() - 1));
    }

    private long multiplyAdds(Node node) {
        return node.all()
                .map(n -> rows.get(n.path))
                .filter(Objects::nonNull)
                .mapToLong(Summary.Row::multiplyAdds)
                .sum();
    }

    /** Cards of one kind with one output shape in a row become one. */
    private List<Card> grouped(List<Card> cards) {
        var grouped = new ArrayList<Card>();
        for (int i = 0; i < cards.size(); ) {
            int end = i + 1;
            while (end < cards.size() && isSame(cards.get(i), cards.get(end))) {
                end++;
            }
            grouped.add(join(cards.subList(i, end)));
            i = end;
        }
        return grouped;
    }

    private static boolean isSame(Card a, Card b) {
        return a.title().equals(b.title()) && Objects.equals(a.output(), b.output());
    }

    private static Card join(List<Card> run) {
        if (run.size() == 1) {
            return run.get(0);
        }
        var lines = new LinkedHashMap<List<String>, Integer>();
        run.forEach(c -> lines.merge(c.lines(), 1, Integer::sum));
        var text = new ArrayList<String>();
        lines.forEach((line, times) -> line.forEach(l -> text.add(lines.size() == 1 ? l : times + " ×  " + l)));
        var first = run.get(0);
        return new Card(
                first.title(),
                run.size(),
                text,
                first.kind(),
                first.output(),
                run.stream().mapToLong(Card::parameters).sum(),
                run.stream().mapToLong(Card::multiplyAdds).sum());
    }
}
