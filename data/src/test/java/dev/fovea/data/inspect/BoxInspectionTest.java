package dev.fovea.data.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.data.Datasets;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoxInspectionTest {
    @Test
    void boxes_that_are_wrong_are_counted_and_listed(@TempDir Path folder) throws IOException {
        for (String name : new String[] {"a", "b", "c"}) {
            ImageWriter.writePng(Image.filled(200, 120, name.charAt(0), 50, 90), folder.resolve(name + ".png"));
        }
        Files.writeString(folder.resolve("boxes.csv"), """
                path,label,x1,y1,x2,y2,crowd
                a.png,cat,10,10,30,30,0
                a.png,cat,10,10,30,30.5,0
                a.png,dog,0,0,100,100,1
                b.png,dog,150,20,260,80,0
                b.png,dog,150,20,150,80,0
                c.png,,,,,,
                """);
        Inspection inspection = Inspection.of(Datasets.open(folder));
        BoxFacts boxes = inspection.boxes().orElseThrow();
        assertThat(boxes.objects()).isEqualTo(4);
        assertThat(boxes.crowds()).isEqualTo(1);
        assertThat(boxes.withoutObjects()).isEqualTo(1);
        assertThat(boxes.mostInPicture()).isEqualTo(3);
        assertThat(boxes.perClass().get(0)).isEqualTo(new BoxFacts.ClassBoxes("cat", 2, 0, 0));
        assertThat(boxes.perClass().get(1)).isEqualTo(new BoxFacts.ClassBoxes("dog", 0, 1, 1));
        assertThat(boxes.dropped()).hasSize(1);
        assertThat(boxes.outOfFrame()).hasSize(1).allMatch(s -> s.contains("b.png") && s.contains("200x120"));
        assertThat(boxes.duplicates()).hasSize(1).allMatch(s -> s.contains("a.png") && s.contains("cat"));
        assertThat(boxes.sheet().orElseThrow().width()).isGreaterThan(400);
        assertThat(inspection.findings())
                .anyMatch(f -> f.text().contains("1 box without area"))
                .anyMatch(f -> f.text().contains("1 box reaching out"))
                .anyMatch(f -> f.text().contains("1 pair of boxes"));
        var json = inspection.toJson().get("boxes");
        assertThat(json.get("perClass").get("dog").get("large").asInt()).isEqualTo(1);
        assertThat(json.get("dropped").get(0).get("reason").asText()).contains("no area");
        assertThat(InspectionPage.html(inspection)).contains("<h2>Boxes</h2>").contains("pictures with their boxes");
    }
}
