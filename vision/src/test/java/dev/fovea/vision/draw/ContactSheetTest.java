package dev.fovea.vision.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContactSheetTest {
    private static final Image RED = Image.filled(10, 20, 255, 0, 0);
    private static final Image GREY = Image.filled(40, 10, 90);

    @Test
    void images_stand_in_the_middle_of_their_cells_with_their_proportions() {
        Image sheet = ContactSheet.of(List.of(RED, GREY))
                .columns(2)
                .cell(Size.square(40))
                .render();
        assertThat(sheet.size()).isEqualTo(new Size(52, 98));
        assertThat(colour(sheet, 26, 26)).containsExactly(255, 0, 0);
        assertThat(colour(sheet, 26 - 9, 7)).containsExactly(255, 0, 0);
        assertThat(colour(sheet, 26 - 11, 26)).containsExactly(250, 250, 250);
        assertThat(colour(sheet, 6 + 40 + 6 + 1, 26)).containsExactly(90, 90, 90);
        assertThat(colour(sheet, 6 + 40 + 6 + 1, 18)).containsExactly(250, 250, 250);
    }

    @Test
    void last_row_may_be_short_and_few_images_take_few_columns() {
        Image three = ContactSheet.of(List.of(RED, RED, RED))
                .columns(2)
                .cell(Size.square(20))
                .render();
        assertThat(three.size()).isEqualTo(new Size(6 + 2 * 26, 6 + 2 * 26));
        Image one =
                ContactSheet.of(List.of(RED)).columns(9).cell(Size.square(20)).render();
        assertThat(one.size()).isEqualTo(new Size(32, 32));
    }

    @ParameterizedTest
    @CsvSource({
        "32, cat", "48, a golden retriever", "64, Supercalifragilisticexpialidocious",
        "96, 'true: 7, said: 1 (0.93)', ", "128, 'jgpqy ÄÖÜ 日本'",
                "200, 'one of the longer captions, with a comma and more words than fit'"
    })
    void captions_are_drawn_within_their_cell_and_not_over_pictures(int side, String caption) {
        int n = 4;
        Image picture = Image.filled(side, side, 0, 0, 255);
        Image sheet = ContactSheet.of(Collections.nCopies(n, picture))
                .captions(Collections.nCopies(n, caption))
                .columns(2)
                .cell(Size.square(side))
                .render();
        int rowHeight = (sheet.height() - 6) / 2;
        for (int i = 0; i < n; i++) {
            int left = 6 + i % 2 * (side + 6);
            int top = 6 + i / 2 * rowHeight;
            assertThat(colour(sheet, left, top + side - 1)).containsExactly(0, 0, 255);
            int ink = 0;
            for (int y = top + side; y < top + rowHeight - 1; y++) {
                for (int x = left; x < left + side; x++) {
                    ink += sheet.get(x, y, 0) < 200 ? 1 : 0;
                }
            }
            assertThat(ink).isGreaterThan(10);
        }
        for (int y = 0; y < sheet.height(); y++) {
            for (int gap : new int[] {0, 2, 6 + side + 1, 6 + side + 4, sheet.width() - 2}) {
                assertThat(colour(sheet, gap, y)).containsExactly(250, 250, 250);
            }
        }
        for (int x = 0; x < sheet.width(); x++) {
            assertThat(colour(sheet, x, 6 + rowHeight - 2)).containsExactly(250, 250, 250);
            assertThat(colour(sheet, x, sheet.height() - 2)).containsExactly(250, 250, 250);
        }
    }

    @Test
    void wrong_number_of_captions_is_refused() {
        assertThatThrownBy(() -> ContactSheet.of(List.of(RED, RED)).captions(List.of("one")))
                .hasMessage("a contact sheet of 2 images needs as many captions, got 1");
        assertThatThrownBy(() -> ContactSheet.of(List.of())).hasMessageContaining("at least one image");
    }

    private static int[] colour(Image image, int x, int y) {
        return new int[] {image.get(x, y, 0), image.get(x, y, 1), image.get(x, y, 2)};
    }
}
