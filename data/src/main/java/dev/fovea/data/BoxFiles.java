package dev.fovea.data;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.data.BoxExport.Item;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the files of annotations beside pictures that are already there. */
record BoxFiles(Path folder, List<String> classes, List<Item> items) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private List<String> parts() {
        return items.stream().map(Item::part).distinct().toList();
    }

    private List<Item> of(String part) {
        return items.stream().filter(i -> i.part().equals(part)).toList();
    }

    private void text(String path, CharSequence content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    void coco() throws IOException {
        Files.createDirectories(folder.resolve("annotations"));
        for (String part : parts()) {
            Path file = folder.resolve("annotations/instances_" + part + ".json");
            try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
                    JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartObject();
                cocoImages(json, of(part));
                json.writeArrayFieldStart("annotations");
                int id = 1;
                for (int i = 0; i < of(part).size(); i++) {
                    for (Instance object : of(part).get(i).annotation().instances()) {
                        cocoObject(json, id++, i + 1, object);
                    }
                }
                json.writeEndArray();
                json.writeArrayFieldStart("categories");
                for (int c = 0; c < classes.size(); c++) {
                    json.writeStartObject();
                    json.writeNumberField("id", c + 1);
                    json.writeStringField("name", classes.get(c));
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
        }
    }

    private static void cocoImages(JsonGenerator json, List<Item> items) throws IOException {
        json.writeArrayFieldStart("images");
        for (int i = 0; i < items.size(); i++) {
            json.writeStartObject();
            json.writeNumberField("id", i + 1);
            json.writeStringField("file_name", items.get(i).name());
            json.writeNumberField("width", items.get(i).size().width());
            json.writeNumberField("height", items.get(i).size().height());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void cocoObject(JsonGenerator json, int id, int image, Instance object) throws IOException {
        Box box = object.box();
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeNumberField("image_id", image);
        json.writeNumberField("category_id", object.label().index() + 1);
        json.writeArrayFieldStart("bbox");
        // in float64, so that corner and size lead back to both corners
        for (double value : new double[] {
            exact(box.x1()), exact(box.y1()), exact(box.x2()) - exact(box.x1()), exact(box.y2()) - exact(box.y1())
        }) {
            json.writeNumber(value);
        }
        json.writeEndArray();
        json.writeNumberField("area", object.area());
        json.writeNumberField("iscrowd", object.crowd() ? 1 : 0);
        if (object.difficult()) {
            json.writeNumberField("difficult", 1);
        }
        json.writeArrayFieldStart("segmentation");
        if (object.outline().isPresent()) {
            for (float[] polygon : object.outline().get().polygons()) {
                json.writeStartArray();
                for (float value : polygon) {
                    json.writeNumber(value);
                }
                json.writeEndArray();
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static double exact(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    void voc() throws IOException {
        for (Item item : items) {
            var xml = new StringBuilder("<annotation>\n\t<folder>JPEGImages</folder>\n");
            xml.append("\t<filename>").append(escape(item.name())).append("</filename>\n");
            xml.append("\t<size>\n\t\t<width>").append(item.size().width()).append("</width>\n\t\t<height>");
            xml.append(item.size().height()).append("</height>\n\t\t<depth>3</depth>\n\t</size>\n");
            for (Instance object : item.annotation().instances()) {
                Box box = object.box();
                xml.append("\t<object>\n\t\t<name>")
                        .append(escape(object.label().name()));
                xml.append("</name>\n\t\t<difficult>").append(object.difficult() ? 1 : 0);
                xml.append("</difficult>\n\t\t<bndbox>\n");
                corner(xml, "xmin", box.x1());
                corner(xml, "ymin", box.y1());
                corner(xml, "xmax", box.x2());
                corner(xml, "ymax", box.y2());
                xml.append("\t\t</bndbox>\n\t</object>\n");
            }
            text("Annotations/" + item.stem() + ".xml", xml.append("</annotation>\n"));
        }
        for (String part : parts()) {
            List<String> stems = of(part).stream().map(Item::stem).toList();
            text("ImageSets/Main/" + part + ".txt", String.join("\n", stems) + "\n");
        }
        text(ClassNames.FILE, String.join("\n", usedClasses()) + "\n");
    }

    /** Names of which there is an object: a list of classes may not name others. */
    private List<String> usedClasses() {
        return classes.stream()
                .filter(name -> items.stream()
                        .flatMap(i -> i.annotation().instances().stream())
                        .anyMatch(o -> o.label().name().equals(name)))
                .toList();
    }

    private static void corner(StringBuilder xml, String name, float value) {
        xml.append("\t\t\t<").append(name).append('>').append(number(value));
        xml.append("</").append(name).append(">\n");
    }

    /** Whole numbers without a point. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Float.toString((float) value);
    }

    void yolo() throws IOException {
        for (Item item : items) {
            var lines = new StringBuilder();
            double w = item.size().width();
            double h = item.size().height();
            for (Instance object : item.annotation().instances()) {
                Box b = object.box();
                lines.append(String.format(
                        Locale.ROOT,
                        "%d %.9f %.9f %.9f %.9f%n",
                        object.label().index(),
                        ((double) b.x1() + b.x2()) / 2 / w,
                        ((double) b.y1() + b.y2()) / 2 / h,
                        ((double) b.x2() - b.x1()) / w,
                        ((double) b.y2() - b.y1()) / h));
            }
            text("labels/" + item.part() + "/" + item.stem() + ".txt", lines);
        }
        var yaml = new StringBuilder();
        for (String part : parts()) {
            yaml.append(part).append(": images/").append(part).append('\n');
        }
        yaml.append("names:\n");
        for (int c = 0; c < classes.size(); c++) {
            // a string of JSON is one of YAML
            yaml.append("  ").append(c).append(": ").append(JSON.writeValueAsString(classes.get(c)));
            yaml.append('\n');
        }
        text("data.yaml", yaml);
    }

    void csv() throws IOException {
        var csv = new StringBuilder("path,label,x1,y1,x2,y2,split,crowd,difficult,area\n");
        for (Item item : items) {
            String path = "images/" + item.part() + "/" + item.name();
            for (Instance o : item.annotation().instances()) {
                List<String> cells = new ArrayList<>(List.of(path, o.label().name()));
                for (float value : new float[] {
                    o.box().x1(), o.box().y1(), o.box().x2(), o.box().y2()
                }) {
                    cells.add(number(value));
                }
                cells.addAll(List.of(item.part(), o.crowd() ? "1" : "0", o.difficult() ? "1" : "0"));
                cells.add(o.statedArea().isPresent() ? Double.toString(o.area()) : "");
                row(csv, cells);
            }
            if (item.annotation().instances().isEmpty()) {
                row(csv, List.of(path, "", "", "", "", "", item.part(), "", "", ""));
            }
        }
        text("boxes.csv", csv);
    }

    private static void row(StringBuilder csv, List<String> cells) {
        csv.append(String.join(
                        ",",
                        cells.stream()
                                .map(c ->
                                        c.matches("(?s).*[,\"\\r\\n;\\t].*") ? '"' + c.replace("\"", "\"\"") + '"' : c)
                                .toList()))
                .append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
